"""The endpoints: listing, preview, figure, version and BokehJS. All of them need a user who may read contents."""

from __future__ import annotations

import asyncio
import atexit
import json
from hashlib import sha256
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .. import __version__
from ..files import PROTOCOL
from ..files.sandbox import ReadError
from .bokehjs import bokeh_script, bokeh_version
from .desk import Answer, BusyError, Desk, Work
from .place import Place, RefusalError, locate

_STATUS = {"missing": 404}
_SENTENCES = {
    403: "you are not allowed to read files on this server, or are not logged in",
    404: "there is nothing at this address",
    405: "this address answers GET only",
}


class Handler(APIHandler):
    """What all endpoints share: who may ask, and how errors look."""

    # Whoever may read files may ask what is in them; authorizers decide on this name.
    auth_resource = "contents"

    _waiting: asyncio.Future[Answer] | None = None
    _gone = False

    @property
    def desk(self) -> Desk:
        desk: Desk = self.settings["heplens_desk"]
        return desk

    def check_asker(self) -> None:
        """Refuse requests that a page of another site sends with the user's cookie: they would start work."""
        self.check_xsrf_cookie()

    def query(self, name: str, default: str | None = None) -> str:
        """One argument of the query, exactly as sent (tornado's own would strip it and replace control characters)."""
        values = self.request.query_arguments.get(name)
        if not values:
            if default is None:
                raise RefusalError(400, f"the argument {name!r} is missing")
            return default
        try:
            return bytes(values[-1]).decode()
        except UnicodeDecodeError:
            raise RefusalError(400, f"the argument {name!r} is not valid UTF-8") from None

    async def reply(self, operation: str, place: Place, **details: str) -> None:
        """Answer with what the pool's `operation` says of a file."""
        if not self.is_known(operation, place, *details.items()):
            await self.send(await self.read(operation, place, **details))

    def is_known(self, *question: object) -> bool:
        """Whether the page holds the answer already: it is the same as long as the file and this package are.

        If so, the page is told, and nothing needs to be read.
        """
        text = repr((PROTOCOL, __version__, bokeh_version(), question))
        self.set_header("Etag", f'W/"{sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]}"')
        self.set_header("Cache-Control", "private, no-cache")
        if not self.check_etag_header():
            return False
        self.set_status(304)
        return True

    async def read(self, operation: str, place: Place, **details: str) -> Answer:
        """What the pool's `operation` says of a file."""
        work = getattr(self.desk.pool, operation)
        question = (operation, place, *details.items())
        return await self.ask(
            place, question, lambda stop: work(place.real, place.identity, shown=place.path, stop=stop, **details)
        )

    async def ask(self, place: Place, question: tuple[Any, ...], work: Work) -> Answer:
        """The answer of the desk; what keeps it from answering becomes a refusal with a sentence."""
        self._waiting = asyncio.ensure_future(self.desk.answer(place.real, question, work))
        try:
            return await self._waiting
        except asyncio.CancelledError:
            if not self._gone:
                raise
            raise RefusalError(499, "the page has gone") from None
        except BusyError:
            raise RefusalError(
                429, "the server is reading many files at the moment; try again in a few seconds"
            ) from None
        except ReadError as error:
            raise RefusalError(_STATUS.get(error.kind, 422), str(error)) from None

    async def send(self, answer: Answer) -> None:
        self.set_header("Vary", "Accept-Encoding")
        if answer.packed and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            await self.finish(answer.body)
        else:
            await self.finish(answer.plain())

    def on_connection_close(self) -> None:
        """Nobody will see the answer: do not make it."""
        self._gone = True
        if self._waiting is not None:
            self._waiting.cancel()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Every error is a JSON document with a sentence."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, RefusalError):
            sentence = error.sentence
        else:
            sentence = _SENTENCES.get(status_code, f"the request failed ({status_code})")
        if status_code == 429:
            self.set_header("Retry-After", "2")
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"protocol": PROTOCOL, "message": sentence}))


class ListingHandler(Handler):
    """``GET heplens/listing?path=REL[&node=…]``: the JSON of a `heplens.files.Listing`."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.check_asker()
        place = await locate(self.contents_manager, self.query("path"))
        await self.reply("listing", place, node=self.query("node", ""))


class PreviewHandler(Handler):
    """``GET heplens/preview?path=REL&object=…[&branch=…]``: the JSON of a `heplens.files.preview.Preview`."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.check_asker()
        place = await locate(self.contents_manager, self.query("path"))
        await self.reply("preview", place, node=self.query("object"), branch=self.query("branch", ""))


class FigureHandler(Handler):
    """``GET heplens/figure?path=REL&object=…[&branch=…][&log=1]``: the preview, with BokehJS's JSON for its numbers.

    Only numbers and text come from the worker; the figure is made of them here, by the code that makes all figures.
    """

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.check_asker()
        place = await locate(self.contents_manager, self.query("path"))
        node, branch = self.query("object"), self.query("branch", "")
        log = self.query("log", "") == "1"
        question = ("figure", place, node, branch, log)
        if self.is_known(*question):
            return
        preview = await self.read("preview", place, node=node, branch=branch)
        await self.send(await self.ask(place, question, lambda stop: _figure(preview.plain(), log)))


def _figure(preview: bytes, log: bool) -> dict[str, Any]:
    from ..figures.preview import figure_document

    return figure_document(json.loads(preview), log)


class VersionHandler(Handler):
    """``GET heplens/version``: which versions of the package and of BokehJS this server has."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.check_asker()
        await self.finish({"protocol": PROTOCOL, "heplens": __version__, "bokeh": bokeh_version()})


class BokehHandler(Handler):
    """``GET heplens/bokeh/VERSION.js``: BokehJS as installed, for plots where no kernel is. Cached by its version."""

    @web.authenticated
    @authorized
    async def get(self, version: str) -> None:
        self.check_asker()
        script = await asyncio.get_running_loop().run_in_executor(None, bokeh_script)
        if not script or version != bokeh_version():
            raise RefusalError(404, f"this server has BokehJS {bokeh_version() or '(none)'}, not {version}")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        await web.RequestHandler.finish(self, script)


def setup(server_app: Any) -> None:
    """Add the endpoints to a Jupyter server."""
    web_app = server_app.web_app
    desk = web_app.settings["heplens_desk"] = Desk()
    # Extensions that are functions are not told when the server stops.
    atexit.register(desk.close)
    base = url_path_join(web_app.settings["base_url"], "heplens")
    routes = [
        (url_path_join(base, "listing"), ListingHandler),
        (url_path_join(base, "preview"), PreviewHandler),
        (url_path_join(base, "figure"), FigureHandler),
        (url_path_join(base, "version"), VersionHandler),
        (url_path_join(base, r"bokeh/([0-9A-Za-z.+-]{1,40})\.js"), BokehHandler),
    ]
    from .jobs import JobsHandler  # which is made of what is here

    routes.append((url_path_join(base, "jobs"), JobsHandler))
    web_app.add_handlers(".*$", routes)
