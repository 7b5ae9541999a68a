"""What pages call fields for secrets, in the cases and compounds of many languages, and what only looks like it."""

import json
import subprocess
from pathlib import Path

import orjson
import pytest

from pipeline.intake.redaction import WITHHELD, redacted
from pipeline.semantics.secret_words import WORDS, kind_by_words

SCRIPT = Path(__file__).resolve().parents[1] / "text" / "recorder_words.mjs"
PASSWORDS = (
    "Hasło", "Hasła", "Nowym hasłem", "Heslo", "Hesla", "Heslem", "Zadejte heslo", "Počet hesel", "Пароля",
    "Введите пароль", "Гасла", "Лозинку", "Lozinku", "Zaporka", "Gesla", "Slaptažodį", "Parolă", "Parool", "Kodeord",
    "Adgangskoden", "Passordet", "Lösenordet", "Salasanan", "Jelszavát", "Şifreniz", "Wachtwoorden", "Toegangscode",
    "Senhas", "Contraseñas", "Contrasenya", "Clave", "Clave de acceso", "Chave secreta", "Codice segreto",
    "Code confidentiel", "Mots de passe", "Mật khẩu", "Kata laluan", "Kennwörter", "Κωδικός", "Συνθηματικό", "סיסמה",
    "گذرواژه", "رمز عبور", "كلمة السر", "পাসওয়ার্ড", "கடவுச்சொல்", "รหัสผ่าน", "暗証番号", "密碼", "口令", "비밀 번호",
    "Пін-код", "ПИН", "PIN-kod", "PIN2", "newPassword", "user_pin", "Fjalëkalimi", "Pasahitza", "Lykilorð",
)  # fmt: skip
CODES = (
    "Kod weryfikacyjny", "Kodu z SMS", "Ověřovací kód", "Kódu ze SMS", "Overovací kód", "Код подтверждения",
    "Кода из СМС", "Проверочный код", "Bekräftelsekod", "Engangskode", "Vahvistuskoodi", "Doğrulama kodu",
    "Codul de verificare", "Código de confirmación", "Códigos de un solo uso", "Codice di verifica",
    "Code reçu par SMS", "Kontrollkode", "Bestätigungscodes", "Freischaltcode", "Mã xác minh", "Mã OTP",
    "Κωδικός επαλήθευσης", "קוד אימות", "رمز التحقق", "確認コード", "認証コード", "인증번호", "验证码", "动态码",
    "รหัสยืนยัน", "Koda za potrditev", "Verificatiecode", "Ellenőrző kód", "Patvirtinimo kodas", "mTAN",
    "Enter the code from your email", "authCode",
)  # fmt: skip
CARDS = (
    "Card no.", "Kreditkartennummer", "Numéro de carte", "Número de tarjeta", "Número de la tarjeta", "Numero carta",
    "Prüfziffer", "CVC2", "CVV/CVC", "Cryptogramme visuel", "Номер карты", "Numer karty", "Číslo karty",
    "カード番号", "卡号", "IBAN", "ccNumber",
)  # fmt: skip
OTHERS = (
    "Search", "Passenger", "Passport number", "Compass", "Keyword", "Palabras clave", "Palabra clave", "Clavel",
    "Post code", "Code postal", "Código postal", "Postnummer", "Poštovní směrovací číslo", "Почтовый индекс", "Kodak",
    "Codename", "Pincushion", "Opinion", "Secretary", "Sekretariat", "Max tokens", "Authors", "Order number",
    "Numéro de commande", "Número de pedido", "Nom de la carte", "Menu à la carte", "Kontrollkästchen", "Gesellschaft",
    "Geschlecht", "Hassle", "Hashtag", "Heslington", "Device name", "Login name", "Access level", "Confirm",
    "Verified by", "Country code", "Discount code at login", "Season pass", "Machine code", "Source code",
    "Author code of conduct", "Segunda dirección", "Декодер", "Спина", "Verification status",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "label"),
    [*(("password", one) for one in PASSWORDS), *(("otp", one) for one in CODES), *(("card", one) for one in CARDS)],
)
def test_words_that_ask_for_a_secret(kind: str, label: str) -> None:
    """By their stems; and what speaks of one in a broken message is found in a hurry too."""
    assert kind_by_words(label) == kind
    assert redacted(f"{{ {label}".encode(), {}).raw == WITHHELD


@pytest.mark.parametrize("label", OTHERS)
def test_words_that_ask_for_none(label: str) -> None:
    """They begin alike, or hold the same letters."""
    assert kind_by_words(label) is None


def test_recorder_and_intake_say_the_same() -> None:
    """Of every label here, as it is written and in capitals."""
    labels = [text for one in (*PASSWORDS, *CODES, *CARDS, *OTHERS) for text in (one, one.upper())]
    done = subprocess.run(["node", SCRIPT], input=json.dumps(labels), capture_output=True, text=True, check=True)
    assert orjson.loads(done.stdout) == [kind_by_words(label) for label in labels]
    assert set(WORDS) == {"otp", "card", "password"}
