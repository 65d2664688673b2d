"""restock.toml: the company's policy; everything in it has a default that works."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Input(_Section):
    date_order: Literal["", "day-month-year", "month-day-year"] = Field(
        "", description="how 03/04/2026 is meant; blank: such dates are rejected"
    )


class Horizon(_Section):
    weeks: int = Field(26, ge=1, le=260, description="weeks that the plan looks ahead")
    firm_weeks: int = Field(4, ge=1, description="weeks whose orders are decided exactly; later: outlook")


class Money(_Section):
    carrying_rate: float = Field(0.25, ge=0, description="cost of holding stock, per year, as a share of its unit cost")
    currency: str = Field("", description="shown before amounts of money")


class Stock(_Section):
    trust: tuple[str, ...] = Field((), description="the systems that report stock, the most trusted first")
    tolerance: float = Field(
        0.1, ge=0, le=1, description="share of the stock by which two systems may differ and still agree"
    )
    sure: float = Field(
        0.7,
        ge=0,
        le=1,
        description="least share of the systems' weight that must agree on a stock; below it, what is ordered now is "
        "what is needed whichever system is right, and the rest waits for a count; 0: never wait",
    )


class Forecast(_Section):
    paths: int = Field(200, ge=10, le=5000, description="number of sample paths")


class Solver(_Section):
    seconds: float = Field(60.0, gt=0, description="time limit of one plan")
    gap: float = Field(0.002, ge=0, description="relative gap at which a plan is good enough")


class Service(_Section):
    floor: float = Field(0.0, ge=0, le=1, description="least expected fill rate of all series together; 0: no floor")
    categories: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description='least expected fill rate by category, such as { baby = 0.97, "down jackets" = 0.95 }'
    )
    price: float = Field(
        10.0, gt=1, description="what a unit below a floor costs, as a multiple of what losing it costs at most"
    )


class Stability(_Section):
    tolerance: float = Field(
        0.005,
        ge=0,
        le=1,
        description="share of the total cost that keeping the approved plan may cost; 0: the best plan",
    )
    frozen_weeks: int = Field(
        0, ge=0, le=260, description="weeks whose approved orders are kept as they are and joined by no other"
    )


class Approval(_Section):
    weeks: int = Field(4, ge=1, le=520, description="weeks that an approved order line holds if it is not exported")
    auto_value: float = Field(
        0.0, ge=0, description="most value of a supplier's order that is approved by itself; 0: none is"
    )
    auto_change: float = Field(
        0.25, ge=0, description="most change of its lines since the last run's plan, as a share of their units then"
    )
    auto_risk: float = Field(0.0, ge=0, description="most money at risk in alerts that name its items or its supplier")


class Notify(_Section):
    webhook: str = Field("", description="URL that is told, by an HTTP POST of JSON, how a weekly run ended")
    mail_to: tuple[str, ...] = Field((), description="addresses that get a mail when a weekly run ends")
    mail_from: str = Field("", description="the mail's sender; blank: the first receiver")
    smtp: str = Field(
        "localhost:25", description="mail server; RESTOCK_SMTP_USER and RESTOCK_SMTP_PASSWORD log in, over TLS"
    )
    when: Literal["always", "trouble"] = Field("always", description="trouble: only runs that did not end well")


class Policy(_Section):
    """The whole of restock.toml.

    ``shortage_weight`` is kappa of the planning model: the share of the lost margin charged when a period between two
    possible arrivals ends short. A whole margin would be right if the period stood alone; what is bought too much is
    held longer than the period, so replays of real weeks cost least at about 0.7.
    """

    seed: int = Field(0, ge=0, description="seed of everything that is drawn")
    shortage_weight: float = Field(0.7, gt=0, description="share of the lost margin charged when a period ends short")
    owners: dict[str, str] = Field(
        {}, description='the system that each table comes from and that is to mend it, such as { sales = "shop" }'
    )
    input: Input = Input()
    horizon: Horizon = Horizon()
    money: Money = Money()
    stock: Stock = Stock()
    forecast: Forecast = Forecast()
    service: Service = Service()
    stability: Stability = Stability()
    solver: Solver = Solver()
    approval: Approval = Approval()
    notify: Notify = Notify()
