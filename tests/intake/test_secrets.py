"""What the intake withholds of producers that don't do it themselves: values by their fields, answers, addresses."""

import random
import time
from typing import Any

import pytest
from intake_samples import native

from pipeline.intake.addresses import bare_url, safe_text
from pipeline.intake.cards import holds_card
from pipeline.intake.elements import secret_kind
from pipeline.intake.formats.native import native_event
from schemas.events import Dialog, Fill


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"aria-label": "PIN"}, "password"),
        ({"name": "pinCode"}, "password"),
        ({"type": "search", "name": "passphrase"}, "password"),
        ({"placeholder": "Kennwort"}, "password"),
        ({"title": "API key"}, "password"),
        ({"aria-label": "SMS code"}, "otp"),
        ({"name": "verificationCode"}, "otp"),
        ({"aria-label": "CVC"}, "card"),
        ({"aria-label": "Security code"}, "card"),
        ({"role": "combobox", "autocomplete": "new-password"}, None),
        ({"type": "search", "autocomplete": "new-password"}, None),
        ({"type": "select-one", "autocomplete": "new-password"}, None),
        ({"type": "select-one", "autocomplete": "new-password", "name": "password"}, "password"),
        ({"role": "combobox", "autocomplete": "new-password", "aria-label": "Password"}, "password"),
        ({"type": "password", "role": "combobox", "autocomplete": "new-password"}, "password"),
        ({"autocomplete": "new-password"}, "password"),
        ({"type": "email", "name": "password_reset_email"}, None),
        ({"aria-label": "API token"}, "password"),
        ({"name": "sshKey"}, "password"),
        ({"aria-label": "Security answer"}, "password"),
        ({"aria-label": "Lösenord"}, "password"),
        ({"aria-label": "비밀번호"}, "password"),
        ({"aria-label": "Enter the 6-digit code"}, "otp"),
        ({"aria-label": "The code that we sent you"}, "otp"),
        ({"aria-label": "Code from your app"}, "otp"),
        ({"aria-label": "验证码"}, "otp"),
        ({"aria-label": "Security number"}, "card"),
        ({"aria-label": "Max tokens"}, None),
        ({"aria-label": "Promo code"}, None),
        ({"aria-label": "Boarding pass"}, None),
        ({"aria-label": "Pinboard"}, None),
        ({"aria-label": "Secretary"}, None),
    ],
)
def test_fields_that_take_a_secret(attributes: dict[str, str], kind: str | None) -> None:
    """By what they are called, whatever their type; a box that looks things up is none for its autocomplete alone."""
    assert secret_kind(attributes, "") == kind


@pytest.mark.parametrize(
    "value",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "3400 000000 00009.",
        "4111_1111_1111_1111",
        "4111–1111–1111–1111",
        "4111\u202f1111\u202f1111\u202f1111",
        "4111/1111/1111/1111",
        "4111 - 1111 - 1111 - 1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "4111 1111 1111 1111 12/29 123",
        '["3782","822463","10005"]',
        "4111%201111%201111%201111",
        "4\u200b1\u200b1\u200b1\u200b1111\u200b1111\u200b1111",
        "４１１１ １１１１ １１１１ １１１１",
        "٤١١١١١١١١١١١١١١١",
        "₄₁₁₁₁₁₁₁₁₁₁₁₁₁₁₁",
        "(4111)111111111111",
        "41111111/11111111",
        "4111&nbsp;1111&nbsp;1111&nbsp;1111",
        "&#52;111111111111111",
        "41111111111111111229",
        "12344111111111111111",
        "4111111111111111122029123",
        "41111111111111111231229",
    ],
)
def test_numbers_of_cards_in_any_grouping(value: str) -> None:
    """The digits count."""
    assert holds_card(value)


@pytest.mark.parametrize(
    "value",
    [
        "4111111111111112",
        "1700000000000",
        "12.50 13.20 14.10",
        "2024-11-28",
        "2024-11-28 10:30:06",
        "4111/1111/1111/1112",
        "5, 3, 4, 6, 7, 8, 9, 1",
        "20241127-20241130",
        "89490200001012345678",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    ],
)
def test_other_numbers_are_no_cards(value: str) -> None:
    """A wrong check digit, a time, prices, a date."""
    assert not holds_card(value)


@pytest.mark.parametrize(
    ("digits", "share_max"), [(17, 0.08), (18, 0.08), (19, 0.08), (20, 0.01), (22, 0.01), (24, 0.01)]
)
def test_long_numbers_are_seldom_taken_for_cards(digits: int, share_max: float) -> None:
    """As many digits as a card has are one by chance in one of twenty; longer ids hardly ever."""
    drawn = random.Random(digits)
    found = [holds_card(f"{drawn.randrange(10 ** (digits - 1), 10**digits)}") for _ in range(4_000)]
    assert sum(found) < share_max * len(found)


def test_answers_to_prompts_that_ask_for_a_secret() -> None:
    """The question stays, the answer goes; other answers stay."""
    assert _dialog(message="Enter your password", value="hunter22!").value == ""
    assert _dialog(message="Your name?", value="Ada").value == "Ada"


def test_number_of_a_card_in_a_plain_field() -> None:
    """It is one wherever it is typed."""
    event = native_event(native(kind="fill", target={"tag": "input"}, value={"text": "4111 1111 1111 1111"}))
    assert isinstance(event, Fill)
    assert (event.value.text, event.value.secret) == ("", "card")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/reset?token=rst_9f8e&code=123456&page=2", "/reset?token=withheld&code=withheld&page=2"),
        ("/f?X-Amz-Signature=abc&X-Amz-Date=1", "/f?X-Amz-Signature=withheld&X-Amz-Date=1"),
        ("/a#access_token=abc&state=x", "/a#access_token=withheld&state=x"),
        ("/reset-password/9f8e7d6c5b4a/new", "/reset-password/withheld/new"),
        ("/reset/form", "/reset/form"),
        ("/x?aB3xQ9zL7mK2", "/x?withheld"),
        ("/x#aB3xQ9zL7mK2", "/x#withheld"),
        ("/x#section-three", "/x#section-three"),
        ("/x?hdnts=exp=1~hmac=abc", "/x?hdnts=exp=1~hmac=withheld"),
        ("/x?a=1%26token=abc&page=2", "/x?a=1%26token=withheld&page=2"),
        ("/in?next=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_d-e", "/in?next=withheld"),
        ("/orders?country_code=NO&sort_key=name", "/orders?country_code=NO&sort_key=name"),
        ("/in?next=%2Fx%3Ftoken%3Dabc%26page%3D2", "/in?next=%2Fx%3Ftoken%3Dwithheld%26page%3D2"),
        ("/in?next=%252Fx%253Ftoken%253Dabc&page=2", "/in?next=%252Fx%253Ftoken%253Dwithheld&page=2"),
        ("/in?%74o%6Ben=abc", "/in?token=withheld"),
        ("/in?q=50%41", "/in?q=50%41"),
        ("/in?authToken[]=abc&user%5Bpassword%5D=abc", "/in?authToken[]=withheld&user%5Bpassword%5D=withheld"),
        ("/a?PHPSESSID=abc&session_id=abc", "/a?PHPSESSID=withheld&session_id=withheld"),
        ("/a;jsessionid=abc#x", "/a;jsessionid=withheld#x"),
        (
            "/a?oobCode=abc&SAMLResponse=abc&code_verifier=abc",
            "/a?oobCode=withheld&SAMLResponse=withheld&code_verifier=withheld",
        ),
        ("/verify-email/9f8e7d6c5b4a", "/verify-email/withheld"),
        ("/accept-invitation/9f8e7d6c5b4a", "/accept-invitation/withheld"),
        ("/files?sig=abc", "/files?sig=withheld"),
        ("/api?key=abc", "/api?key=withheld"),
        ("/v?verification_id=481516&page=2", "/v?verification_id=withheld&page=2"),
        ("/v?st=f3aK9q0Zt7LmX2bV", "/v?st=withheld"),
        ("/v?st=Xk29dQpL7vRt&q=MacBookPro16", "/v?st=withheld&q=MacBookPro16"),
        ("/v?hash=abc&q=iPhone15Pro&v=dQw4w9WgXcQ", "/v?hash=withheld&q=iPhone15Pro&v=dQw4w9WgXcQ"),
        ("/v?hash=9f86d081884c7d659a2feaa0c55ad015", "/v?hash=withheld"),
        ("/v#x=k3j9f7a2m4q8w1z5&page=2", "/v#x=withheld&page=2"),
        ("/v?u=Wm9yYWJsaW4gUXVpbXRyYXg=", "/v?u=withheld"),
        ("/v?blob=abc.f3aK9q0Zt7LmX2bV-x", "/v?blob=withheld"),
        ("/share/1BxiMVs0XRA5nFMdKvBdBZjgm", "/share/withheld"),
        ("/v?id=507f1f77bcf86cd799439011", "/v?id=507f1f77bcf86cd799439011"),
        ("/v?order_id=9f86d081884c7d659a2feaa0c55ad015", "/v?order_id=9f86d081884c7d659a2feaa0c55ad015"),
        ("/v?x=1f0e2d3c-4b5a-4978-8695-a4b3c2d1e0f9", "/v?x=1f0e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"),
        ("/v?from=2024-05-06T10:30:00&to=20240506103000123", "/v?from=2024-05-06T10:30:00&to=20240506103000123"),
        (
            "/v?q=internationalisation2024&view=quarterlyReport2024",
            "/v?q=internationalisation2024&view=quarterlyReport2024",
        ),
        ("/o/9f86d081884c7d659a2feaa0c55ad015", "/o/9f86d081884c7d659a2feaa0c55ad015"),
        ("/in?kennwort=correcthorse&senha=correcthorse", "/in?kennwort=withheld&senha=withheld"),
        ("/in?contrasena=correcthorse&page=2", "/in?contrasena=withheld&page=2"),
        (
            "/in?csrf=abc&sesskey=abc&tkn=abc&vericode=483920",
            "/in?csrf=withheld&sesskey=withheld&tkn=withheld&vericode=withheld",
        ),
        ("/in?confirm=9f8e7d6c5b4a&unsubscribe=481516", "/in?confirm=withheld&unsubscribe=withheld"),
        ("/in?confirm=true&reset=filters&verify=1", "/in?confirm=true&reset=filters&verify=1"),
        ("/hooks/k3jh5k2j3h5k2j3h4kj2h3", "/hooks/withheld"),
        ("/secrets/9fQ2kLx7Zw3TbV8mNc5R", "/secrets/withheld"),
        ("/login/enterprise-customers?keyboard=de&author=ada", "/login/enterprise-customers?keyboard=de&author=ada"),
        ("/keys/PROJ-1234", "/keys/PROJ-1234"),
        ("/anything/9fQ2kLx7Zw3TbV8mNc5R/edit", "/anything/withheld/edit"),
        ("/bot123456:9fQ2kLx7Zw3TbV8mNc5R/list", "/withheld/list"),
        ("/~key_9fQ2kLx7Zw3TbV8mNc5R;v=2", "/withheld"),
        ("/private/k3jh5k2j3h5k2j3h4kj2h3/basic.ics", "/private/withheld/basic.ics"),
        ("/users/password/edit/k3jh5k2j3h5k2j3h4kj2h3", "/users/password/edit/withheld"),
        ("/in?_csrf=abc&pswd=correcthorse&unsub=9f8e7d6c5b4a", "/in?_csrf=withheld&pswd=withheld&unsub=withheld"),
        ("/in?inv=9fQ2kLx7Zw3TbV8mNc5R", "/in?inv=withheld"),
        ('/q?by={"token":"abc","page":"2"}', '/q?by={"token":"withheld","page":"2"}'),
        ("/q?v=%7B%22password%22%3A%20%22Summer%21%22%7D", "/q?v=%7B%22password%22%3A%20%22withheld%22%7D"),
        ("/q?v=%257B%2522pin%2522%253A4815%257D", "/q?v=%257B%2522pin%2522%253Awithheld%257D"),
        ("/#/%7B%22page%22%3A%20%222%22%7D", "/#/%7B%22page%22%3A%20%222%22%7D"),
        ("/k?Expires=1&Key-Pair-Id=APKA9ONS7QCO&x=2", "/k?Expires=1&Key-Pair-Id=withheld&x=2"),
        ("/k?Policy=eyJTdGF0ZW1lbnQiOlt7&policy=returns", "/k?Policy=withheld&policy=returns"),
        ("/in?token1=483920&client-assertion=abc", "/in?token1=withheld&client-assertion=withheld"),
        ("/in?share=3f9a1c77be02d4586a&join=now", "/in?share=withheld&join=now"),
        ("/in?file_key=abc1def2ghi&sort_key=created_at2", "/in?file_key=withheld&sort_key=created_at2"),
        ("/in?issueKey=PROJ-1234&uuid=9fQ2kLx7Zw3TbV8mNc5R", "/in?issueKey=PROJ-1234&uuid=withheld"),
        ("/token=abc/x/key:4711", "/token=withheld/x/key:withheld"),
        ("http://code:8080/x", "http://code:8080/x"),
        ("http://compass:3000/trips", "http://compass:3000/trips"),
        ("http://keycloak.auth:8080/realms", "http://keycloak.auth:8080/realms"),
        ("http://my-token:3000/token:4711", "http://my-token:3000/token:withheld"),
        ("/wiki/Bypass:4711-things", "/wiki/Bypass:4711-things"),
        ("/compass=3/userpass=correcthorse", "/compass=3/userpass=withheld"),
        ("/a/my.token=abc/b", "/a/my.token=withheld/b"),
        ("/access-token/3f9a1c77be/api_key/3f9a1c77be", "/access-token/withheld/api_key/withheld"),
        ("/share/3f9a1c77be02d4586a", "/share/withheld"),
        ("/ical/private-3f9a1c77be02d4586a/basic.ics", "/ical/private-withheld/basic.ics"),
        ("/feed/3f9a1c77be02d4586a3f9a1c77be02d4.rss", "/feed/withheld.rss"),
        ("/private-offices/2024/share-holders", "/private-offices/2024/share-holders"),
        ("/accept/48392016/join/team2024", "/accept/48392016/join/team2024"),
        ("/records/0015g00000XyZabAAB/view", "/records/0015g00000XyZabAAB/view"),
        ("/wiki/QualityPlan2024Edition", "/wiki/QualityPlan2024Edition"),
        (
            "/d/507f1f77bcf86cd799439011/5f1d7a84db6a7e3a4c1b2d3e",
            "/d/507f1f77bcf86cd799439011/5f1d7a84db6a7e3a4c1b2d3e",
        ),
        ("/t/clh2v7k3x0000qzrmn831i7rn", "/t/clh2v7k3x0000qzrmn831i7rn"),
        ("/files/Report_Q3_2024_final_version_2.pdf", "/files/Report_Q3_2024_final_version_2.pdf"),
    ],
)
def test_addresses_lose_what_grants_access(address: str, kept: str) -> None:
    """Tokens, codes, keys, signatures and one-time paths go; what else is asked for stays."""
    assert bare_url(address) == kept


def _dialog(**fields: Any) -> Dialog:
    event = native_event(native(kind="dialog", dialog="prompt", **fields))
    assert isinstance(event, Dialog)
    return event


@pytest.mark.parametrize(
    "text",
    [
        "primaryKeyJoinColumn.name = 1",
        "the primaryKeyJoinColumn.referencedColumn.name of https://x.de/docs",
        "see https://x.de/docs/setup-guide, then /home",
        "eyJoinColumns.name",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    """Words that look like a part of a token, and addresses that anybody may know."""
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Link: https://x.de/share/9fQ2kLx7Zw3TbV8mNc5R", "Link: https://x.de/share/withheld"),
        ("Go to (https://x.de/join/9fQ2kLx7Zw3T). Bye", "Go to (https://x.de/join/withheld). Bye"),
        ('<a href="https://x.de/join/9fQ2kLx7Zw3T">in</a> now', '<a href="https://x.de/join/withheld">in</a> now'),
        (
            "https://x.de/s/aB3xQ9zL7mK2\nhttps://x.de/?q=aB3xQ9zL7mK2 b",
            "https://x.de/s/withheld\nhttps://x.de/?q=withheld b",
        ),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_d-e !", "Bearer withheld !"),
        ("my_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "my_withheld"),
    ],
)
def test_what_grants_amid_a_sentence(text: str, kept: str) -> None:
    """Each address is read as one, whatever stands around it."""
    assert safe_text(text) == kept


@pytest.mark.parametrize(
    "piece", ["eyJ_", "_eyJhbGciOiJ", "eyJabcdefgh.", "a://", "://)", "a.", ")", "https://x.de/share/ "]
)
def test_long_texts_are_read_in_no_time(piece: str) -> None:
    """However many beginnings of addresses and tokens they hold."""
    start = time.process_time()
    safe_text("x://" + piece * (100_000 // len(piece)))
    assert time.process_time() - start < 3
