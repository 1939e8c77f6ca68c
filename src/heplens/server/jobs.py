"""``GET heplens/jobs``: the job directories below the server's root, for dead or busy kernels and for other days."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..files import PROTOCOL
from ..files.jobs import find_jobs
from .handlers import Handler
from .place import RefusalError

AGE = 2.0  # seconds for which a listing is taken again: several pages may ask


class JobsHandler(Handler):
    """Name, state and progress of every job, from the JSON in its directory."""

    _asked: asyncio.Task[dict[str, object]] | None = None  # shared by all requests
    _when = 0.0

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.check_asker()
        root = getattr(self.contents_manager, "root_dir", None)
        if not isinstance(root, str):
            raise RefusalError(404, "this server keeps its files where heplens cannot read them")
        hidden = bool(getattr(self.contents_manager, "allow_hidden", False))
        await self.finish({"protocol": PROTOCOL, **await self._listing(root, hidden)})

    @classmethod
    async def _listing(cls, root: str, hidden: bool) -> dict[str, object]:
        """One walk through the folders at a time, however many pages ask."""
        loop = asyncio.get_running_loop()
        key, asked = f"{root} {hidden}", cls._asked
        usable = asked is not None and asked.get_loop() is loop and asked.get_name() == key
        if asked is None or not usable or (asked.done() and loop.time() - cls._when > AGE):
            cls._when = loop.time()
            asked = cls._asked = loop.create_task(asyncio.to_thread(find_jobs, root, hidden), name=key)
        return await asyncio.shield(asked)
