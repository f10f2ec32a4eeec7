"""The web application: one router per package, mounted in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import BaseRoute

from certstore import __version__, clerk_page_routes, page_routes, witness_routes
from certstore import routes as store
from certstore.authorization import routes as authorization
from certstore.cases import routes as cases
from certstore.consent import page_routes as consent_pages
from certstore.consent import routes as consent
from certstore.counter import page_routes as counter_pages
from certstore.disputes import page_routes as dispute_pages
from certstore.disputes import routes as dispute_routes
from certstore.entrustment import page_routes as entrustment_pages
from certstore.entrustment import routes as entrustment_routes
from certstore.events import routes as events
from certstore.federation import routes as federation
from certstore.hand_over import page_routes as entry_pages
from certstore.hand_over import routes as hand_over
from certstore.messages import page_routes as message_pages
from certstore.messages import routes as messages
from certstore.onboarding import console_page_routes, workbench_page_routes
from certstore.onboarding import page_routes as onboarding_pages
from certstore.own_data import page_routes as own_data_pages
from certstore.own_data import routes as own_data_routes
from certstore.presenting import page_routes as presenting_pages
from certstore.presenting import routes as presenting
from certstore.presenting.off_line import page_routes as device_pages
from certstore.questions import page_routes as question_pages
from certstore.questions import routes as question_routes
from certstore.reception import recognise
from certstore.service import problems
from certstore.service.body_limit import RequestLimits
from certstore.service.city_count import CityCount
from certstore.service.console_page import router as console
from certstore.service.demo_cast import cast
from certstore.service.description import describe
from certstore.service.development_identity import DevelopmentIdentity, identity_routes
from certstore.service.doorkeeper import Doorkeeper, count_account
from certstore.service.home_page import router as home
from certstore.service.instruments import add_instruments
from certstore.service.limits import limits_of
from certstore.service.matters import API as MATTER_API
from certstore.service.matters import PAGES as MATTER_PAGES
from certstore.service.matters import PLACES, rooms_beside
from certstore.service.pull_route import PullRoute
from certstore.service.wiring import House
from certstore.service.worker import Worker
from certstore.sharing import page_routes as copy_pages
from certstore.sharing import routes as sharing
from certstore.wallets import page_routes as wallet_pages
from certstore.wallets import routes as wallets
from certstore.web.answers import check_form, page
from certstore.web.headers import SecurityHeaders
from certstore.web.shell import Shell, pages_of
from certstore.web.static_files import static_files, static_routes
from face_auth import page_routes as face_pages
from face_auth import routes as face
from issuance import (
    desk_page_routes,
    dormitory_page_routes,
    ground_page_routes,
    photo_page_routes,
    proof_page_routes,
    question_page_routes,
    start_page_routes,
    upload_page_routes,
    upload_routes,
)
from issuance import page_routes as application_pages
from issuance.bulk import page_routes as bulk_pages
from issuance.counter import page_routes as arrival_pages
from issuance.counter.cases import page_routes as intake_pages
from issuance.counter.papers import page_routes as paper_pages
from issuance.for_others import routes as issuing_for_others
from issuance.guides import page_routes as guide_pages
from issuance.guides import routes as guides
from issuance.joint import page_routes as joint_pages
from issuance.letters import page_routes as letter_pages
from issuance.progress import routes as progress
from issuance.ratings import page_routes as rating_pages
from verifiers import page_routes as scan_pages
from verifiers import routes as verify
from verifiers.asking import page_routes as asking_pages
from verifiers.asking import routes as ask_routes
from verifiers.materials import routes as decisions
from verifiers.matters import page_routes as matter_pages
from verifiers.matters import routes as matters
from verifiers.scanning import page_routes as file_pages
from verifiers.scanning.reading_room import reading_room
from verifiers.wallets import page_routes as wallet_asking_pages
from verifiers.wallets import routes as wallet_asking

_OF_MATTERS = ("issuance.matters",) if MATTER_PAGES else ()
_PACKAGES = ("certstore", "issuance", *_OF_MATTERS, "verifiers", "face_auth")


def create_app(house: House) -> FastAPI:
    """Compose the service around a house that is prepared."""
    worker = Worker(house)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if house.settings.work_in_process:
            worker.start()
        reading_room().room.warm()
        house.guide_desk.passages("zh")  # indexed before the first question
        yield
        worker.stop()

    app = FastAPI(
        title="certstore",
        version=__version__,
        summary="Share, reuse and verify electronic residence certificates",
        lifespan=lifespan,
        dependencies=[Depends(recognise), Depends(count_account)],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # The service has instruments of its own; these would look at each request, too.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    _furnish(app, house)
    problems.install(app)
    app.router.routes.extend(_composed_routes())
    if house.demonstration:
        _add_demonstration(app, house)
    app.router.routes.extend(static_routes(app.state.static))
    describe(app, house.settings.public_url)
    app.add_middleware(PullRoute, house=house)
    # Inside the instruments, so that who is turned away at the door is counted, too.
    app.add_middleware(Doorkeeper, settings=house.settings)
    add_instruments(app)
    app.add_middleware(RequestLimits)
    app.add_middleware(SecurityHeaders, https=house.settings.secure)
    return app


@cache
def _composed_routes() -> tuple[BaseRoute, ...]:
    """Every route that knows its house from the request alone: composed once in a process.

    FastAPI works out parameters and models of an included router at the first request to it, for
    each inclusion anew; several services in one process share what was worked out.
    """
    app = APIRouter(dependencies=[Depends(recognise), Depends(count_account)])
    for router in (
        authorization.router,
        sharing.router,
        federation.router,
        cases.router,
        consent.router,
        events.router,
        matters.router,
        store.router,
        presenting.router,
        witness_routes.router,
        decisions.router,
        verify.router,
        wallet_asking.router,
        ask_routes.router,
        face.router,
        hand_over.router,
        issuing_for_others.router,
        question_routes.router,
        dispute_routes.router,
        entrustment_routes.router,
        own_data_routes.router,
        upload_routes.router,
        progress.router,
        guides.router,
        messages.router,
        wallets.published,
        wallets.router,
        *MATTER_API,
    ):
        app.include_router(router)
    asking = (
        start_page_routes,
        joint_pages,
        question_page_routes,
        ground_page_routes,
        proof_page_routes,
    )
    applying = (
        *asking,
        application_pages,
        desk_page_routes,
        bulk_pages,
        rating_pages,
        arrival_pages,
        intake_pages,
        paper_pages,
        letter_pages,
        upload_page_routes,
        photo_page_routes,
    )
    for pages in (
        page_routes,
        entry_pages,
        presenting_pages,
        device_pages,
        consent_pages,
        copy_pages,
        clerk_page_routes,
        counter_pages,
        *applying,
        dormitory_page_routes,
        guide_pages,
        scan_pages,
        wallet_asking_pages,
        file_pages,
        asking_pages,
    ):
        app.include_router(pages.router)
    acting = (question_pages, dispute_pages, entrustment_pages, own_data_pages, message_pages)
    for pages in (*acting, wallet_pages):
        app.include_router(pages.router)
    for portal in (onboarding_pages, workbench_page_routes, console_page_routes, matter_pages):
        app.include_router(portal.router)
    for pages_of_matters in MATTER_PAGES:
        app.include_router(pages_of_matters)
    app.include_router(home)
    app.include_router(console)
    return tuple(app.routes)


def _furnish(app: FastAPI, house: House) -> None:
    """What routes and pages look up on the application."""
    static = static_files()
    specimen = house.keys.demonstration
    state = app.state
    state.house = house
    state.city_count = CityCount(house)
    state.static = static
    state.shell = Shell(
        pages_of(*_PACKAGES),
        asset=static.asset,
        clock=house.clock,
        glyphs=house.glyphs,
        specimen=specimen,
        places=PLACES,
    )
    state.specimen = specimen
    state.kept_channels = house.kept_channels
    state.rooms_beside = rooms_beside
    state.limits = limits_of(house.settings)
    state.entry_hosts = house.entry_hosts
    state.secure = house.settings.secure
    state.origins = {house.settings.public_url}
    state.development_identity = house.demonstration and not house.settings.oidc_issuer
    state.provider_name = (
        {"zh": "演示身份", "en": "demonstration identity"}
        if state.development_identity
        else {"zh": "统一身份认证", "en": "your identity provider"}
    )


def _add_demonstration(app: FastAPI, house: House) -> None:
    """What a demonstration alone has: the sandbox, and the built-in identities."""
    app.include_router(face_pages.sandbox_pages(page, check_form))
    if house.settings.oidc_issuer:
        return
    identity = DevelopmentIdentity(
        house.openid_issuer,
        house.settings.oidc_client_id,
        house.sign_in_desk.redirect_uri,
        cast(house.settings.districts),
        house.clock,
    )
    app.include_router(identity_routes(identity))
