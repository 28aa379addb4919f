"""Refusals in other languages than English."""

from __future__ import annotations

import json

import pytest

from widgets.http.limits import abroad
from widgets.http.limits.words import refuses

REFUSED = [
    "Limite de consultas excedido. Tente novamente mais tarde.",
    "Limite de requisições excedido, aguarde 1 minuto.",
    "Límite de peticiones o caudal por minuto excedido para este usuario",
    "LIMITE DE CONSULTAS SUPERADO",
    "Ha superado el límite de peticiones por hora",
    "Vous avez dépassé le nombre maximal d'appels autorisés par minute",
    "Le quota de requêtes est atteint",
    "Superato il numero massimo di richieste consentite.",
    "Das Anfragelimit wurde überschritten",
    "Zu viele Zugriffe",
    "Przekroczono limit 20 żądań na minutę.",
    "Çok fazla istek gönderdiniz.",
    "Вы израсходовали ваш суточный лимит по запросам.",
    "Превышено ограничение на количество соединений",
    "超过每日可允许请求次数!",
    "您目前访问频次过高, 请稍后再试。",
    "此key每秒请求量已达到上限",
    "抱歉，您每分钟最多访问该接口500次",
    "操作频繁，请稍候再试",
    "APIの利用回数制限を超えました。",
    "アクセスが集中しております",
    "API 사용량을 초과했습니다.",
    "El cliente ha enviado demasiadas solicitudes en un período de tiempo determinado",
    "Quá nhiều yêu cầu",
    "搜索次数超出限制",
    "超過每日下載次數上限",
    "操作太快了，请稍微休息一下",
    "Byl překročen limit počtu dotazů",
    "Zu viele Enrollment-Anfragen",
    "今日 30 次智能服务已用完,明早 8 点恢复",
    "시간당 최대 요청 수를 초과했습니다. 잠시 후 다시 시도해주세요.",
    "AI 작성 도움의 사용 한도에 도달했습니다.",
]
SERVED = [
    "O tamanho máximo da requisição foi excedido",
    "Die maximale Größe der Anfrage ist überschritten",
    "Le nombre de demandes est affiché",
    "Превышен лимит времени ожидания соединения",
    "Контрольные точки происходят слишком часто",
    "循环次数超过了最大值",
    "字段个数超出限制",
    "配列の次数が上限を超えています",
    "메모리 사용량 한계에 도달했습니다",
    "데이터베이스 최대 접속수를 초과했습니다",
    "abandon après trop de tentatives pour réserver la mémoire partagée",
    "Die Anfragen an das Archiv: 300",
    "Der Zug ist überfüllt",
    "Se ha superado la enfermedad",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_clause_refuses_that_says_what_was_asked_how_much_and_that_it_is_over(text: str) -> None:
    assert refuses(403, json.dumps({"error": text}, ensure_ascii=False)) != ""
    assert refuses(200, json.dumps({"mensagem": text}, ensure_ascii=False)) != ""


@pytest.mark.parametrize("text", SERVED)
def test_a_clause_that_says_two_of_them_or_speaks_of_a_size_or_a_time_does_not(text: str) -> None:
    assert refuses(403, json.dumps({"error": text}, ensure_ascii=False)) == ""
    assert refuses(200, json.dumps({"mensagem": text}, ensure_ascii=False)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Der IP-Bereich ist vorübergehend gesperrt.",
        "您当前请求存在异常，暂时限制本次访问。",
        "Die Anfrage wurde gedrosselt.",
        "Zu viele Versuche. Bitte 15 Minuten warten.",
        "Zu viele Bestellungen in kurzer Zeit.",
        "Demasiados mensajes en poco tiempo",
        "请 30 秒后再试",
        "Réessayez dans 30 secondes.",
        "Spróbuj ponownie za 30 sekund",
        "Спробуйте через 4 години.",
        "Tente novamente em 5 minutos",
        "Слишком много попыток. Повторите через 8 сек.",
        "Demasiados intentos. Espera un momento e intenta de nuevo.",
        "Terlalu banyak percobaan, silakan coba lagi nanti.",
        "魔法額度滿載，請稍後再試！",
        "請稍候一分鐘後再繼續提問。",
        "وصلت الحد اليومي (30 رسالة)",
    ],
)
def test_a_ban_for_a_time_is_one_of_an_answer_that_failed_and_may_be_one_of_a_road(text: str) -> None:
    assert refuses(403, json.dumps({"error": text}, ensure_ascii=False)) != ""
    assert refuses(200, json.dumps({"message": text}, ensure_ascii=False)) == ""


@pytest.mark.parametrize(
    "text",
    ["Trop de tentatives de connexion", "Zu viele Versuche mit falschem Passwort", "Слишком много попыток входа"],
)
def test_too_many_attempts_to_log_in_are_none_of_pace(text: str) -> None:
    assert refuses(403, json.dumps({"error": text}, ensure_ascii=False)) == ""


@pytest.mark.parametrize("name", ["codigoRetorno", "descripcion", "estado", "erreur", "Fehlermeldung", "mesaj"])
def test_what_an_answer_says_of_itself_has_names_in_other_languages_too(name: str) -> None:
    assert refuses(200, json.dumps({name: "1", "mensagemRetorno": "Limite de consultas excedido."})) != ""
    assert refuses(200, json.dumps({"ciudad": "1", "mensagemRetorno": "Limite de consultas excedido."})) == ""


def test_a_state_in_another_language_is_an_error_by_its_number() -> None:
    assert refuses(200, '{"descripcion": "Espere", "estado": 429}') != ""
    assert refuses(200, '{"descripcion": "Límite de peticiones excedido", "estado": 200, "datos": [1]}') == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Bạn đã gửi quá nhiều yêu cầu. Vui lòng thử lại sau 30 giây.", 30),
        ("Terlalu banyak permintaan. Silakan coba lagi dalam 60 detik.", 60),
        ("Túl sok kérés. Próbálja újra 30 másodperc múlva.", 30),
        ("Odota 2 minuuttia", 120),
        ("Προσπαθήστε ξανά σε 30 δευτερόλεπτα.", 30),
        ("حاول مرة أخرى بعد 30 ثانية", 30),
        ("נסה שוב בעוד 30 שניות", 30),
        ("لطفا پس از 30 ثانیه دوباره تلاش کنید", 30),
        ("กรุณาลองใหม่ใน 30 วินาที", 30),
        ("कृपया 30 सेकंड बाद पुनः प्रयास करें", 30),
        ("5 permintaan dalam 60 detik", None),
        ("10 pyyntöä 60 sekunnissa", None),
    ],
)
def test_every_language_that_refuses_can_say_when_to_come_back(text: str, seconds: float | None) -> None:
    assert abroad.come_back_in(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Tente novamente em 1 hora e 30 minutos", 5400),
        ("Bitte warten Sie 1 Minute und 30 Sekunden", 90),
        ("Подождите 1 минуту 30 секунд", 90),
        ("请1小时30分钟后再试", 5400),
        ("1分30秒後に再試行してください", 90),
        ("Réessayez dans 5 à 10 minutes", 600),
        ("Попробуйте через 5-10 минут", 600),
        ("Bitte warten Sie 1.200 Sekunden", 1200),
        ("Bitte warten Sie 1,5 Sekunden", 1.5),
        ("Aguarde 1.2345 segundos", 1.2345),
        ("Подождите 38.123456 секунд", 38.123456),
        ("Подождите 59.123 секунды", 59.123),
        ("1.500秒後に再試行してください", 1.5),
        ("1,500秒後に再試行してください", 1500),
        ("请在1分钟后重试,30秒内最多10次", 60),
        ("Bitte warten Sie 1 Minute, 30 Sekunden pro Anfrage", 60),
        ("För många försök på 10 minuter", None),
        ("Vennligst prøv på nytt om 30 sekunder", 30),
        ("Disponible dans 30 secondes", 30),
        ("Erwarte Verfügbarkeit in 30 Sekunden", 30),
        ("Försök igen om 30 sekunder", 30),
        ("El soporte está disponible 24 horas", None),
        ("Assistance disponible 24 heures sur 24", None),
        ("Bitte warten Sie 1 Minute. In 60 Sekunden sind 5 Anfragen erlaubt", 60),
    ],
)
def test_a_time_of_several_parts_is_read_to_its_end_and_of_a_range_the_longer_one(
    text: str, seconds: float | None
) -> None:
    """'1 minute and 30 seconds' was a minute, and '1.200 Sekunden' a second."""
    assert abroad.come_back_in(text) == seconds


def test_what_asks_how_and_why_is_about_it() -> None:
    page = "<html><head><title>访问频率过高{}</title></head><body>.</body></html>"
    assert refuses(200, page.format("")) != ""
    assert refuses(200, page.format("怎么办")) == ""
    assert refuses(403, '{"error": "Quota de disque dépassé"}') == ""
    assert refuses(403, '{"error": "Espace de stockage : quota dépassé"}') == ""


def test_a_line_about_it_is_no_refusal() -> None:
    assert refuses(200, "Zu viele Anfragen", {"content-type": "text/plain"}) != ""
    long = (
        "Im letzten Jahr gab es in der Bibliothek nach Aussage der Leiterin zu viele Anfragen von Schulen und Vereinen"
    )
    assert refuses(200, long, {"content-type": "text/plain"}) == ""


def test_a_long_text_is_searched_in_no_time_worth_counting() -> None:
    for piece in ("รออีก", "30 วินาที", "zu viele ", "requisição ", "请求", "limit ", "30 s", "aguarde a "):
        assert abroad.come_back_in(piece * 500) in (None, 30.0)
        abroad.refuses(piece * 500)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(
            (each, 86_400.0)
            for each in ("天配额超限，限制访问", "日调用量超限", "今日调用次数已达上限", "当日请求次数超限")
        ),
        *(
            (each, 86_400.0)
            for each in ("本日の利用上限に達しました", "오늘 요청 한도를 초과", "Tageskontingent erschöpft")
        ),
        *((each, None) for each in ("天气配额超限", "7天配额", "昨天的请求过多", "今天系统繁忙", "火星今天的天气")),
        ("今日访问过于频繁，每秒最多5次", 1.0),
        ("今天每分钟请求过多", 60.0),
    ],
)
def test_a_quota_of_today_is_one_of_a_day_where_nothing_shorter_is_named(text: str, seconds: float | None) -> None:
    """'It fits 200 an hour' was said beside the service's own words of a day's quota."""
    assert abroad.window_in(text) == seconds
