"""Three storages: public pictures, private originals and print files, backups; local folders or Cloudflare R2."""

import hashlib
from pathlib import Path
from typing import Any

from botocore.config import Config
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from storages.backends.s3 import S3Storage

# R2 refuses the checksum headers boto3 adds by default; a given config replaces the library's own: all of it is here.
_R2 = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 3, "mode": "standard"},
)


def _r2(bucket: str, access: str, secret: str, **options: Any) -> Storage:
    storage: Storage = S3Storage(
        bucket_name=bucket, access_key=access, secret_key=secret, endpoint_url=settings.AWS_S3_ENDPOINT_URL,
        region_name="auto", default_acl=None, file_overwrite=True, client_config=_R2, **options,
    )  # fmt: skip
    return storage


def _local(folder: str, **options: Any) -> Storage:
    return FileSystemStorage(Path(settings.MEDIA_ROOT) / folder, allow_overwrite=True, **options)


def _own() -> tuple[str, str]:
    return settings.CLOUDFLARE_R2_ACCESS_KEY, settings.CLOUDFLARE_R2_SECRET_KEY


def Public() -> Storage:
    """Thumbnails and listing images: anyone may read them."""
    if not settings.CLOUDFLARE_R2_BUCKET:
        return _local("public", base_url=f"{settings.MEDIA_URL}public/")
    host = settings.CLOUDFLARE_R2_PUBLIC_HOST or None
    cache = {"CacheControl": "public, max-age=31536000, immutable"}
    return _r2(
        settings.CLOUDFLARE_R2_BUCKET, *_own(), custom_domain=host, querystring_auth=not host, object_parameters=cache
    )


def Private() -> Storage:
    """Originals and print files: presigned addresses only."""
    if not settings.CLOUDFLARE_R2_BUCKET:
        return _local("private", base_url=f"{settings.MEDIA_URL}private/")
    return _r2(settings.CLOUDFLARE_R2_PRIVATE_BUCKET, *_own(), querystring_auth=True, querystring_expire=3 * 86400)


def Backups() -> Storage:
    """Database dumps, in a bucket with keys of their own."""
    if not settings.CLOUDFLARE_R2_BACKUP_BUCKET:
        return _local("backups")
    keys = (settings.CLOUDFLARE_R2_BACKUP_ACCESS_KEY, settings.CLOUDFLARE_R2_BACKUP_SECRET_KEY)
    return _r2(settings.CLOUDFLARE_R2_BACKUP_BUCKET, *keys, querystring_auth=True)


def key_for(kind: str, content: bytes, version: str, suffix: str) -> str:
    """`kind/ab/abcdef….version.png`: content hash and algorithm version, so that repeated work is found, not redone."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    return f"{kind}/{digest[:2]}/{digest}.{version}.{suffix}"


def keep(where: str, key: str, content: bytes) -> str:
    """Stores the bytes under the key, over what may already be there; gives the key back."""
    storages[where].save(key, ContentFile(content))
    return key


def load(where: str, key: str) -> bytes:
    with storages[where].open(key) as file:
        content: bytes = file.read()
    return content
