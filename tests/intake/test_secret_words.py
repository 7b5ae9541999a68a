"""What pages call fields for secrets, in the cases and compounds of many languages, and what only looks like it."""

import json
import subprocess
from pathlib import Path

import orjson
import pytest

from pipeline.intake.redaction import WITHHELD, redacted
from pipeline.semantics.secret_words import SHARED_WORDS, folded, kind_by_words, names_code

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
CODES_BY_LANGUAGE = (
    "Alarm code", "Disarm code", "Door code", "Entry code", "Two-factor code", "Confirm your code", "Zugangscode",
    "Alarm-Code", "Entsperrcode", "Wiederherstellungscode", "Code d'alarme", "Code à usage unique", "Code de secours",
    "Código de recuperación", "Código de alarma", "Codice di sblocco", "Codice dell'allarme", "Código de ativação",
    "Herstelcode", "Ontgrendelcode", "Kod jednorazowy", "Kod dostępu", "Bezpečnostní kód", "Kód alarmu", "Säkerhetskod",
    "Larmkod", "Tilgangskode", "Gendannelseskode", "Turvakoodi", "Hälytyskoodi", "Biztonsági kód", "Riasztókód",
    "Cod de acces", "Güvenlik kodu", "Tek kullanımlık kod", "Код безопасности", "Код сигнализации", "Одноразовый код",
    "Код доступу", "Код за достъп", "リカバリーコード", "セキュリティコード", "校验码", "安全码", "激活码", "보안 코드",
    "복구 코드", "رمز الأمان", "رمز الدخول", "קוד גישה", "קוד חד פעמי", "کد امنیتی", "सुरक्षा कोड", "รหัสเข้าถึง",
    "Mã bảo mật", "PUK-Code",
    "Kode keamanan", "Sigurnosni kod", "Безбедносни код", "Varnostna koda", "Saugos kodas", "Drošības kods",
    "Turvakood",
)  # fmt: skip
OTHER_SECRETS_BY_LANGUAGE = (
    "pw", "PUK", "Geheimzahl", "Answer to your security question", "Mother's maiden name",
    "Network key", "Antwort auf die Sicherheitsfrage", "Privater Schlüssel", "WLAN-Schlüssel", "Digicode",
    "Clé privée", "Réponse à la question de sécurité", "Jeton d'accès", "Llave privada",
    "Respuesta a la pregunta de seguridad", "Chiave privata", "Risposta segreta", "Resposta de segurança",
    "Geheim antwoord", "Netwerksleutel", "Klucz prywatny", "Tajna odpowiedź", "Soukromý klíč", "Tajná odpoveď",
    "Hemligt svar", "Privat nyckel", "Hemmelig nøkkel", "Salainen vastaus", "Tunnusluku", "Titkos válasz",
    "Privát kulcs",
    "Răspuns de securitate", "Cheie privată", "Gizli cevap", "Özel anahtar", "Секретный ответ", "Ключ доступа",
    "Кодовое слово", "Приватний ключ", "Таен отговор", "Μυστική απάντηση", "Ιδιωτικό κλειδί", "秘密の質問の答え",
    "APIキー", "密保答案", "私钥", "金鑰", "비밀 답변", "개인 키", "암호", "المفتاح الخاص", "الرقم السري", "מפתח פרטי",
    "کلید خصوصی", "गुप्त उत्तर", "पिन", "คีย์ลับ", "Khóa riêng", "Kunci pribadi", "Privatni ključ", "Slaptas atsakymas",
    "Slepenā atbilde", "Privaatvõti",
)  # fmt: skip
OTHERS_BY_LANGUAGE = (
    "Alarm name", "Answer", "Confirm post code", "Product code", "Activity code", "Access level",
    "Network name", "Safe", "Key date", "Security group", "Schlüsselwörter", "Gutscheincode", "Antwort", "Artikelcode",
    "Code d'activité", "Nom de jeune fille", "Clé", "Código de producto", "Respuesta", "Codice attività", "Risposta",
    "Palavras-chave", "Código do produto", "Kortingscode", "Antwoord", "Kod produktu", "Klucz", "Słowa kluczowe",
    "Odpověď", "Slevový kód", "Rabattkod", "Nyckelord", "Svar", "Avainsana", "Alennuskoodi", "Kulcsszó", "Cod produs",
    "Tur kodu", "Anahtar kelime", "Ключевые слова", "Код товара", "Код материала", "Ответ", "商品コード", "キーワード",
    "关键词", "邮政编码", "상품 코드", "키워드", "الرمز البريدي", "תשובה", "کد پستی", "पिन कोड", "รหัสไปรษณีย์",
    "Kode pos",
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
    shared = [
        next((kind for kind, words in SHARED_WORDS.items() if words.search(folded(label))), None) for label in labels
    ]
    assert orjson.loads(done.stdout) == shared == [kind_by_words(label) for label in labels]


@pytest.mark.parametrize("label", [*CODES_BY_LANGUAGE, *OTHER_SECRETS_BY_LANGUAGE])
def test_codes_keys_and_answers_in_many_languages(label: str) -> None:
    """What is made of a word for a secret and of what it is for, in either order; a broken message that speaks of one
    is withheld."""
    assert kind_by_words(label) == ("otp" if label in CODES_BY_LANGUAGE else "password")
    assert redacted(f"{{ {label}".encode(), {}).raw == WITHHELD


def test_a_field_that_is_called_pass_and_nothing_else() -> None:
    """It takes a password; what is passed, and passes for something, is another thing."""
    assert [kind_by_words(one) for one in ("Pass", "your pass", "Season pass", "Pass rate")] == [
        "password",
        "password",
        None,
        None,
    ]


@pytest.mark.parametrize("label", OTHERS_BY_LANGUAGE)
def test_other_codes_keys_and_answers(label: str) -> None:
    """Codes of places and goods, keywords, answers to anything."""
    assert kind_by_words(label) is None


@pytest.mark.parametrize("label", [*OTHERS, *OTHERS_BY_LANGUAGE, "Zip code", "Barcode", "Decoder", "Encoding"])
def test_codes_of_other_things_are_none_to_type_a_secret_into(label: str) -> None:
    """Nor is a word that holds the same letters."""
    assert not names_code(label)


@pytest.mark.parametrize(
    "label", ["Code", "Your code", "Kód", "Zadejte kód", "Codice", "Código", "Koodi", "Код", "code1"]
)
def test_a_code_that_is_said_to_be_nothing_else(label: str) -> None:
    """It may be one that somebody was sent."""
    assert names_code(label)
