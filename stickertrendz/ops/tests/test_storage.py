"""The three storages, on local folders and on an S3 server with the real client."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from stickertrendz.ops import storage

ACCESS, SECRET = "access", "secret"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def r2(s3: str, settings: Settings) -> Iterator[Any]:
    """Settings as with Cloudflare R2, against the S3 server; fresh buckets."""
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id=ACCESS, aws_secret_access_key=SECRET
    )
    settings.AWS_S3_ENDPOINT_URL = s3
    settings.CLOUDFLARE_R2_ACCESS_KEY = settings.CLOUDFLARE_R2_BACKUP_ACCESS_KEY = ACCESS
    settings.CLOUDFLARE_R2_SECRET_KEY = settings.CLOUDFLARE_R2_BACKUP_SECRET_KEY = SECRET
    settings.CLOUDFLARE_R2_BUCKET, settings.CLOUDFLARE_R2_PRIVATE_BUCKET = "public-pictures", "private-files"
    settings.CLOUDFLARE_R2_BACKUP_BUCKET = "backups-apart"
    for bucket in ("public-pictures", "private-files", "backups-apart"):
        client.create_bucket(Bucket=bucket)
    settings.STORAGES = dict(settings.STORAGES)  # changed, so that Django builds the storages anew
    yield client
    client.close()


def test_the_same_content_has_the_same_key_and_another_version_another() -> None:
    assert storage.key_for("print", b"frog", "v1", "png") == storage.key_for("print", b"frog", "v1", "png")
    assert storage.key_for("print", b"frog", "v2", "png") != storage.key_for("print", b"frog", "v1", "png")


def test_local_files_are_kept_under_their_key_and_overwritten() -> None:
    storage.keep("public", "a/frog.png", b"one")
    assert storage.keep("public", "a/frog.png", b"two") == "a/frog.png"
    assert storage.load("public", "a/frog.png") == b"two"
    assert storages["public"].url("a/frog.png") == "/media/public/a/frog.png"


@pytest.mark.parametrize(
    ("where", "bucket"), [("public", "public-pictures"), ("private", "private-files"), ("backups", "backups-apart")]
)
def test_each_storage_keeps_to_its_own_bucket(r2: Any, where: str, bucket: str) -> None:
    storage.keep(where, "a/frog.png", b"one")
    storage.keep(where, "a/frog.png", b"two")
    assert storage.load(where, "a/frog.png") == b"two"
    assert [row["Key"] for row in r2.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/frog.png"]


def test_private_files_are_given_out_by_signed_addresses_only(r2: Any) -> None:
    storage.keep("private", "print/frog.png", b"frog")
    assert "X-Amz-Signature" in storages["private"].url("print/frog.png")


def test_public_pictures_have_plain_addresses_on_the_shops_own_host(r2: Any, settings: Settings) -> None:
    settings.CLOUDFLARE_R2_PUBLIC_HOST = "cdn.example.com"
    settings.STORAGES = dict(settings.STORAGES)
    storage.keep("public", "frog.png", b"frog")
    assert storages["public"].url("frog.png") == "https://cdn.example.com/frog.png"


def test_no_checksum_header_that_r2_refuses_is_sent(r2: Any) -> None:
    sent: list[dict[str, str]] = []
    connection = storages["public"].connection  # type: ignore[attr-defined]
    connection.meta.client.meta.events.register(
        "before-send.s3", lambda request, **_: sent.append(dict(request.headers))
    )
    storage.keep("public", "frog.png", b"frog")
    names = {name.lower() for headers in sent for name in headers}
    assert sent
    assert not {name for name in names if name.startswith("x-amz-checksum") or name == "x-amz-sdk-checksum-algorithm"}


def test_a_file_that_is_not_there_is_an_error(r2: Any) -> None:
    with pytest.raises((FileNotFoundError, ClientError)):
        storage.load("private", "nothing.png")
