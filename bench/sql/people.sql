SELECT id, handle, display_name FROM users WHERE id = ANY($1)
