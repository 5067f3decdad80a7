"""What closes SeaweedFS's side doors: its master, volume, filer and admin services ask nobody who they are.

-disableHttp takes the files off the filer's HTTP port. The volume server keeps serving, taking and deleting them by
number there, so it gets JWT keys; and over gRPC every service would obey anyone, so each asks for a certificate.
The keys are made for one run, the certificate once for a data folder (importing what makes it takes a while): nothing
outside of the process needs them.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

SERVICES = ("master", "volume", "filer", "s3", "admin", "worker", "client")
TOKENS = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")

LIFETIME = timedelta(days=3650)


def write_configuration(folder: Path) -> None:
    """Write the TOML files that SeaweedFS looks for in its working directory, before any of the user or the system."""
    certificate, key = folder / "node.crt", folder / "node.key"
    _write_certificate(certificate, key)
    quoted = {"cert": json.dumps(str(certificate)), "key": json.dumps(str(key))}
    tables = [f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in TOKENS]
    tables += [f"[grpc]\nca = {quoted['cert']}\n"]
    tables += [f"[grpc.{name}]\ncert = {quoted['cert']}\nkey = {quoted['key']}\n" for name in SERVICES]
    write_private(folder / "security.toml", "\n".join(tables).encode())
    write_private(
        folder / "filer.toml", f"[leveldb2]\nenabled = true\ndir = {json.dumps(str(folder / 'filerldb2'))}\n".encode()
    )
    write_private(folder / "master.toml", b"")


def _write_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate that vouches for itself, unless there is one: its one holder talks to nobody but himself."""
    if certificate.exists() and key.exists():
        return
    from cryptography import x509  # noqa: PLC0415 - as said at the top
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "backchannel")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    write_private(certificate, signed.public_bytes(serialization.Encoding.PEM))
    write_private(
        key,
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that is nobody else's to read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
