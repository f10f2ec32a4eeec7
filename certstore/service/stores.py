"""The stores of one installation, opened as they are asked for."""

from functools import cached_property
from pathlib import Path

from certstore.clock import Clock, SystemClock
from certstore.objects import ObjectStore
from certstore.service.settings import Settings
from certstore.storage.database import Database
from certstore.storage.objects_local import LocalObjects
from certstore.tables.books import Archive


class Stores:
    """What every desk stands on: settings, clock, database, objects."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Take the settings; `clock` is moved in demonstrations and tests only."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.started = self.clock.now()

    def close(self) -> None:
        """Give back connections and files."""
        self.objects.close()
        self.database.close()

    @cached_property
    def database(self) -> Database:
        """The database."""
        return Database(self.settings.database)

    @cached_property
    def archive(self) -> Archive:
        """The books."""
        return Archive(self.database)

    @cached_property
    def objects(self) -> ObjectStore:
        """The objects."""
        if self.settings.objects.startswith("s3://"):
            # Slow to import, and needed where S3 is used only.
            from certstore.storage.objects_s3 import (  # noqa: PLC0415
                Bucket,
                S3Objects,
                prepare_bucket,
            )

            bucket = Bucket(
                name=self.settings.objects.removeprefix("s3://"),
                endpoint=self.settings.s3_endpoint,
                access_key=self.settings.s3_access_key,
                secret_key=self.settings.s3_secret_key.get_secret_value(),
            )
            if self.settings.s3_make_bucket:
                prepare_bucket(bucket)
            return S3Objects(bucket)
        folder = self.settings.objects or self.settings.data_dir / "objects"
        return LocalObjects(Path(folder))
