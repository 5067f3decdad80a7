"""Who somebody is: passwords, access tokens, refresh tokens, handles."""
