"""Every setting of the program, in one place: `JOURNEYWRIGHT_*` variables, or a TOML file named by
`JOURNEYWRIGHT_CONFIG` (keys without the prefix, in lower case). A variable wins over the file.

Nothing else reads the environment, and nothing reads it at import: commands call `load`.
"""

import os
import re
import ssl
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from agents.private import make_folder

PREFIX = "JOURNEYWRIGHT_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"

Role = Literal["ingest", "journeys", "tests", "prove"]
Topic = Literal["events", "stories", "tests", "verdicts", "events-dead-letter"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLES_DEFAULT: tuple[Role, ...] = ("ingest", "journeys", "tests")
"""`prove` opens browsers and types credentials: whoever wants that says so, for a worker of its own."""

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")
_TOPIC_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,100}")


PROXIES_MAX = 100
"""Networks of trusted proxies."""
VISITOR_SHARE = 4
"""A visitor may send the fourth part of what its key may, unless told otherwise."""


class BadSettings(ValueError):
    """A setting can't be used. The message names it and says what is wrong, in one line."""


class Settings(BaseSettings):
    """What a process needs to know. Frozen; built once per process and passed on by the composition root."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(Path(".data"), description="Folder for all that is local: broker, database, files.")
    brokers: str = Field("", description="Kafka bootstrap servers, host:port,… Empty: `up` starts one of its own.")
    storage: str = Field("", description="SQLAlchemy URL. Empty: SQLite in DATA.")
    files: str = Field("", description="fsspec URL for test files (file://…, s3://…). Empty: a folder in DATA.")
    artifacts: str = Field(
        "", description="fsspec URL for what proving runs leave: traces, pictures, videos. Empty: a folder in DATA."
    )
    videos: Literal["off", "failed", "all"] = Field(
        "failed", description="Of which proving runs a video is kept: off, failed, or all (one of a good run as well)."
    )
    gap_s: float = Field(1800, gt=0, description="Silence in event time, in seconds, after which a journey closes.")
    lateness_s: float = Field(120, ge=0, description="How long, in seconds, late events still change a closed story.")
    journey_memory_s: float = Field(
        86_400, gt=0, description="How long, in seconds, a closed journey's place is kept, so that ids go on."
    )
    session_s: float = Field(
        6.0, ge=1, le=60, description="Seconds without a sign of life after which others take a worker's partitions."
    )
    web_host: str = Field("127.0.0.1", description="Address that the web port listens on.")
    web_port: int = Field(6066, ge=0, le=65_535, description="The web port.")
    web_url: str = Field("", description="URL under which other workers reach this one. Empty: host and port.")
    web_open: bool = Field(
        False, description="Lets a web port beyond loopback run without API keys: whoever reaches it may do everything."
    )
    api_keys: Path | None = Field(None, description="TOML file with API keys. None: everybody may do everything.")
    cors_origins: str = Field("*", description="Origins whose pages may send events, https://host,… or * for all.")
    rate_events_s: int = Field(
        0, ge=0, description="Events a second that one key (without keys: one visitor) may send by HTTP. 0: any number."
    )
    rate_visitor_events_s: int = Field(
        0, ge=0, description="Of these, events a second that one visitor (address) may send. 0: a quarter of them."
    )
    trusted_proxies: str = Field(
        "", description="Addresses or networks of proxies whose X-Forwarded-For or Forwarded is believed: 10.0.0.0/8,…"
    )
    topic_prefix: str = Field("", description="Put before each topic's name, and before the consumer group's.")
    partitions: int = Field(4, ge=1, le=1024, description="Partitions of the topics, when they are created.")
    replication_factor: int = Field(1, ge=1, le=16, description="Replicas of the topics, when they are created.")
    roles: str = Field(
        ",".join(ROLES_DEFAULT), description="What a worker does: any of ingest,journeys,tests; or prove alone."
    )
    stories_days: int = Field(
        90,
        ge=0,
        description="Days before an app's newest story after which a story leaves storage, unless a test is written "
        "from it. 0: never.",
    )
    users_min: int = Field(
        3,
        ge=1,
        le=20,
        description="Users who must have typed a value before it leaves with a test or story; else a made-up one does. "
        "Traffic that is marked as test traffic keeps its values. 1: all traffic is.",
    )
    patterns: Path | None = Field(None, description="A TOML file with patterns. None: the built-in ones.")
    schema_registry_url: str = Field("", description="Confluent-style schema registry. Empty: values are JSON.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="How much is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How: text, or one JSON object a line.")
    environments: Path | None = Field(None, description="TOML file with the places where apps may be tested.")
    chromium: str = Field("", description="Chromium's executable. Empty: CHROMIUM, PATH, or Playwright's own.")
    kafka_jars: Path | None = Field(None, description="Folder with Kafka's jars. None: .kafka-jars of the project.")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How Kafka is spoken to."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "PLAIN", description="The SASL mechanism."
    )
    kafka_sasl_username: str = Field("", description="The SASL user name.")
    kafka_sasl_password: SecretStr = Field(SecretStr(""), description="The SASL password.")
    kafka_ca_file: Path | None = Field(None, description="PEM file with the authorities to trust. None: the system's.")
    kafka_cert_file: Path | None = Field(None, description="PEM file with the client's certificate.")
    kafka_key_file: Path | None = Field(None, description="PEM file with the client's key.")

    @field_validator("topic_prefix")
    @classmethod
    def _topic_prefix_is_legal(cls, value: str) -> str:
        if not _TOPIC_PREFIX.fullmatch(value):
            raise ValueError("letters, digits, '.', '_' and '-' only, at most 100")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_origins(cls, value: str) -> str:
        origins = [part.strip().rstrip("/").lower() for part in value.split(",") if part.strip()]
        wrong = [one for one in origins if one != "*" and not _ORIGIN.fullmatch(one)]
        if wrong or not origins or ("*" in origins and len(origins) > 1):
            raise ValueError(f"{', '.join(wrong) or value or 'nothing'}: give * alone, or https://host[:port],…")
        return ",".join(dict.fromkeys(origins))

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, value: str) -> str:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if len(parts) > PROXIES_MAX:
            raise ValueError(f"more than {PROXIES_MAX} networks")
        try:
            return ",".join(str(ip_network(part, strict=False)) for part in parts)
        except ValueError as error:
            raise ValueError(f"{error}; give addresses or networks, 10.0.0.0/8,…") from None

    @field_validator("roles")
    @classmethod
    def _roles_are_known(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",") if name.strip()]
        unknown = [name for name in names if name not in ROLES]
        if unknown or not names:
            raise ValueError(f"{', '.join(unknown) or 'nothing'} is no role; choose from {', '.join(ROLES)}")
        if "prove" in names and len(set(names)) > 1:
            raise ValueError("prove needs a worker of its own, with no other role")
        return ",".join(dict.fromkeys(names))

    @model_validator(mode="after")
    def _journeys_are_remembered_long_enough(self) -> Self:
        if self.journey_memory_s < self.gap_s + self.lateness_s:
            raise ValueError("JOURNEYWRIGHT_JOURNEY_MEMORY_S must be at least GAP_S and LATENESS_S together")
        return self

    @property
    def role_set(self) -> frozenset[Role]:
        """The roles as a set."""
        chosen = self.roles.split(",")
        return frozenset(role for role in ROLES if role in chosen)

    @property
    def broker_list(self) -> tuple[str, ...]:
        """`host:port` of each bootstrap server; empty when none is configured."""
        return tuple(part.strip() for part in self.brokers.split(",") if part.strip())

    @property
    def origins(self) -> frozenset[str] | None:
        """The origins whose pages may send events; None for all."""
        return None if self.cors_origins == "*" else frozenset(self.cors_origins.split(","))

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted proxies."""
        return tuple(ip_network(part) for part in self.trusted_proxies.split(",") if part)

    @property
    def visitor_events_s(self) -> int:
        """Events a second that one visitor may send with its key; 0: any number."""
        return self.rate_visitor_events_s or -(-self.rate_events_s // VISITOR_SHARE)

    @property
    def storage_url(self) -> str:
        """The SQLAlchemy URL, the default filled in."""
        return self.storage or f"sqlite:///{self.data.absolute() / 'journeywright.db'}"

    @property
    def files_url(self) -> str:
        """The fsspec URL for test files, the default filled in."""
        return self.files or f"file://{self.data.absolute() / 'tests'}"

    @property
    def artifacts_url(self) -> str:
        """The fsspec URL below which provers keep what runs left, and from where alone the web port sends it, the
        default filled in."""
        return self.artifacts or f"file://{self.data.absolute() / 'proof'}"

    @property
    def public_url(self) -> str:
        """Where this worker's web port is reached by the others and by people here."""
        return self.web_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def group(self) -> str:
        """The consumer group; also the Faust app's id, from which the changelog's name comes."""
        return f"{self.topic_prefix}journeywright"

    def make_data(self) -> None:
        """Makes the data folder. Raises BadSettings where it can't be one."""
        try:
            make_folder(self.data)
        except OSError as error:
            raise BadSettings(f"JOURNEYWRIGHT_DATA: {self.data} can't be used: {error.strerror}") from None

    def topic(self, name: Topic) -> str:
        """A topic's name as the broker knows it."""
        return f"{self.topic_prefix}{name}"

    @property
    def gap_ms(self) -> int:
        """`gap_s` in milliseconds."""
        return round(self.gap_s * 1000)

    @property
    def lateness_ms(self) -> int:
        """`lateness_s` in milliseconds."""
        return round(self.lateness_s * 1000)

    @property
    def journey_memory_ms(self) -> int:
        """`journey_memory_s` in milliseconds."""
        return round(self.journey_memory_s * 1000)

    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS context for Kafka, or None where it is spoken to in the clear."""
        if self.kafka_security_protocol not in ("SSL", "SASL_SSL"):
            return None
        context = ssl.create_default_context(cafile=str(self.kafka_ca_file) if self.kafka_ca_file else None)
        if self.kafka_cert_file is not None:
            context.load_cert_chain(self.kafka_cert_file, self.kafka_key_file)
        return context

    def aiokafka_options(self) -> dict[str, Any]:
        """The security arguments that every aiokafka client takes."""
        options: dict[str, Any] = {"security_protocol": self.kafka_security_protocol}
        if (context := self.ssl_context()) is not None:
            options["ssl_context"] = context
        if self.kafka_security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.kafka_sasl_mechanism
            options["sasl_plain_username"] = self.kafka_sasl_username
            options["sasl_plain_password"] = self.kafka_sasl_password.get_secret_value()
        return options

    def environment(self) -> dict[str, str]:
        """The settings that differ from their defaults, as variables: what a child process is started with."""
        out = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value != field.default and value is not None:
                text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                out[f"{PREFIX}{name.upper()}"] = text
        return out

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic-settings passes all four by name)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over the file."""
        file = os.environ.get(CONFIG_VARIABLE)
        toml = (TomlConfigSettingsSource(settings_cls, Path(file)),) if file else ()
        return (init_settings, env_settings, *toml)


def is_loopback(host: str) -> bool:
    """Whether a host, without port and brackets, is this machine whoever asks: by address, or by the one name that
    browsers never ask a name server for."""
    try:
        address = ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def load(**overrides: Any) -> Settings:
    """The settings of this process. `overrides` (a command's options) win; those that are None are left out.

    Raises BadSettings, in one line, for what can't be used.
    """
    file = os.environ.get(CONFIG_VARIABLE)
    if file and not Path(file).is_file():
        raise BadSettings(f"{CONFIG_VARIABLE} names {file}, which is no file")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise BadSettings("; ".join(_fault(fault["loc"], fault["msg"]) for fault in faults[:3])) from None
    except ValueError as error:
        raise BadSettings(f"{file}: {error}") from None


def _fault(location: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not location:
        return message
    name = "_".join(str(part) for part in location)
    if name not in Settings.model_fields:
        return f"{name.removeprefix(PREFIX.lower())} is no setting (`journeywright --help` lists them)"
    return f"{PREFIX}{name.upper()}: {message}"
