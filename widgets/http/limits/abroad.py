"""Refusals because of pace, and times to come back, in other languages than English. Pure; nothing here raises.

Nobody can list the sentences. So a clause refuses where it says three things in one language, in any order: what was
asked (requests, calls, accesses), of how much (a limit, a number), and that this is over. 'Limite de requisições
excedido' and 'Se ha superado el número máximo de peticiones' are the same three words. Clauses are compared without
accents, which many services leave out, and such that speak of a size are left alone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from . import lengths, times


class _Language(NamedTuple):
    """How one says what was asked, of how much, that it is over, and that it was too much: in small letters."""

    asked: re.Pattern[str]
    much: re.Pattern[str]
    over: re.Pattern[str]
    too_many: re.Pattern[str]


def _words(asked: str, much: str, over: str, too_many: str) -> _Language:
    return _Language(*(re.compile(each) for each in (asked, much, over, too_many)))


_LANGUAGES = (
    _words(  # Spanish, Portuguese, Galician, Catalan
        r"peticion|solicitud|solicita[cç]|requisi[cç]|consultas|llamadas|chamadas|acess?os|accesos|pedidos|api\b",
        r"l[ií]mite|limite|quota|cuota|cota\b|numero|maximo|cupo",
        r"exced|super(?:ad|ou|o\b)|ultrapass|sobrepas|\bating|alcan[zcç]ad|agotad|esgotad",
        r"(?:demasiad|muit)[ao]s (?:\w+ )?(?:peticion|solicitud|solicita|requisi|consulta|llamada|chamada|ac?cess?o)"
        r"|consumo indevido"
        r"|(?:peticion|solicit|requisi|consult|llamad|chamad|accesos|acessos)\w*[^.]{0,15}\b(?:demasiado|muy|muito)"
        r" (?:rapid|segu|frecuent|frequent)"
        r"|(?:frec|freq)u[ea]nci?a (?:de|das) (?:\w+ )?(?:peticion|solicit|requisi|consult|llamad|chamad)\w*[^.]{0,20}"
        r"(?:demasiad|muy|muito) (?:alt|elevad)",
    ),
    _words(  # French
        r"requetes|appels|demandes|acces\b|api\b|consultations",
        r"limite|quota|nombre|maxim|plafond",
        r"depass|attein|epuis|excede",
        r"trop (?:de (?:requ|appels|demandes)|souvent)"
        r"|(?:requetes|appels|demandes)\b[^.]{0,20}\btrop (?:vite|rapid|frequ|rapproch)"
        r"|(?:frequence|rythme|cadence) (?:de vos|de|des) (?:requ|appels)[^.]{0,20}trop (?:elev|rapid)",
    ),
    _words(  # German, Dutch
        r"anfrage|abfrage|zugriff|aufruf|api\b|verzoeken|aanvragen|oproepen",
        r"limit|kontingent|anzahl|quota|maxim|hochst|aantal",
        r"uberschritt|uebersch?ritt|erschopft|erreicht|aufgebraucht|overschred|bereikt",
        r"(?:zu|te) (?:viele?|veel|haufige?) (?:[a-z]{1,20}-)?(?:anfrage|abfrage|zugriff|aufruf|verzoek|aanvra)"
        r"|(?:anfragen|abfragen|zugriffe|aufrufe)\b[^.]{0,20}\bzu (?:haufig|schnell|oft|rasch)"
        r"|\bte (?:snel|vaak)\b[^.]{0,20}(?:verzoek|aanvra)|(?:verzoeken|aanvragen)\b[^.]{0,20}\bte (?:snel|vaak)"
        r"|(?:anfrage|abfrage)rate[^.]{0,12}zu hoch",
    ),
    _words(  # Italian, Romanian
        r"richiest|chiamat|access|interrogazion|cereri|apeluri|api\b",
        r"limit|quota|numero|massim|soglia|numar",
        r"superat|raggiunt|esaurit|eccedut|depasit",
        r"tropp[ei] (?:richiest|chiamat|access|ricerch|interrogaz)|prea multe cereri"
        r"|frequenza (?:delle|di) richiest\w*[^.]{0,12}tropp",
    ),
    _words(  # Russian, Ukrainian, Bulgarian
        r"запрос|обращени|соединени|вызов|запит|заявк|api\b",
        r"лимит|квот|ограничени|количеств|число|лiмiт|ліміт|обмежен",
        r"превы[шс]|перевищ|исчерпа|израсходова|вычерпа|вичерпа|достигнут|закончил",
        r"слишком много (?:запрос|обращ)|^\W*(?:вы )?слишком част|(?:запрос|обраща)\w* слишком част"
        r"|слишком часто (?:обраща|запраш|отправ)|забагато запит|твърде много заявки"
        r"|(?:запрос|обращ)\w* слишком быстр|слишком быстр\w* (?:запрос|обращ)"
        r"|частот\w+ (?:ваших )?(?:запрос|обращ)\w*[^.]{0,20}(?:слишком|превы|высок)",
    ),
    _words(  # Polish, Czech, Slovak
        r"zapyta|zada[nj]|żada[nj]|wywola|wywoła|odwola|pozadavk|dotaz|poziadav|api\b",
        r"limit|liczb|ilosc|pocet|kvot",
        r"przekrocz|wyczerpa|prekroc|vycerpa|osiagni",
        r"(?:za duzo|zbyt (?:wiele|wielu|duzo)|prilis mnoho|privela) (?:zapyta|zada|żada|pozadav|dotaz|poziad)",
    ),
    _words(  # Turkish
        r"istek|istegi|sorgu|cagri|api\b",
        r"limit|s[iı]n[iı]r|kota|say[iı]",
        r"as[iı]ld|ast[iı]n[iı]z|dold|ulas|tukend",
        r"cok (?:fazla|s[iı]k|h[iı]zl[iı]) (?:istek|sorgu|cagri)",
    ),
    _words(  # Scandinavian
        r"foresporsl|forfragning|anrop|foresporgsl|kall\b|api\b",
        r"grans|grens|kvot|antal|maks|max",
        r"overskrid|overskred|overstig|uppnad",
        r"(?:for mange|for manga) (?:foresp|forfr|anrop)",
    ),
    _words(  # Chinese
        r"请求|訪問|访问|调用|呼叫|接口|搜索|查询|查詢|下载|下載|api|key|qps|并发|流量",
        r"限制|上限|次数|次數|配额|配額|额度|频率|頻率|频次|请求量|调用量|访问量|限流|qps|并发",
        r"超过|超過|超出|超限|次数不足|达到|達到|已达|用完|用尽|耗尽|过高|過高|过快|过多|太多|太快",
        r"(?:操作|请求|訪問|访问|调用|提交|发送)[^,，]{0,6}(?:频繁|頻繁)|^\W*[您你]?(?:[过過太][于於]?)(?:频繁|頻繁)"
        r"|频繁(?:操作|请求|访问)|(?:操作|请求|访问|提交)[^,，]{0,4}(?:太快|过快)|每(?:秒|分钟|小时|天|日)[^,，]{0,6}最多[^,，]{0,6}(?:访问|请求|调用)"
        r"|\d+ ?次[^,，]{0,8}(?:用完|用尽|用光)"
        r"|(?:配额|请求量|调用量|访问量|并发)[^,，]{0,8}(?:超限|上限|用完|用尽|超过)",
    ),
    _words(  # Japanese
        r"リクエスト|アクセス|api|利用回数|呼び出し",
        r"制限|上限|回数|クォータ",
        r"超え|超過|達し|オーバー",
        r"(?:リクエスト|アクセス)(?:数)?が?(?:多すぎ|集中|多く|多い)|リクエスト過多",
    ),
    _words(  # Korean
        r"요청|호출|사용 ?한도|이용 ?한도|api|트래픽|서비스|접속",
        r"제한|한도|횟수|건수|사용량|트래픽|속도",
        r"초과|도달|소진|넘은|넘었|넘어섰",
        r"최대 요청 ?(?:건수|횟수|수)[^.]{0,6}초과|요청이 너무 많|속도 제한[^.]{0,6}초과|너무 많은 요청",
    ),
    _words(  # Greek
        r"αιτημ",
        r"οριο|αριθμο",
        r"υπερβ|ξεπερα|εξαντλη",
        r"παρα πολλα αιτηματα",
    ),
    _words(r"طلب", r"حد|عدد|حصة", r"تجاوز|استنفد", r"(?!)"),  # Arabic
    _words(r"בקש", r"מכס|מגבל|מספר", r"חרג|עבר", r"(?!)"),  # Hebrew
    _words(r"درخواست", r"حد|سقف|تعداد", r"تجاوز|بیش از", r"(?!)"),  # Persian
    _words(r"permintaan", r"batas|kuota|jumlah", r"melebihi|melampaui|terlampaui|habis", r"(?!)"),  # Indonesian
    _words(r"yeu cau|truy cap", r"gioi han|so luong|han muc", r"vuot qua|da het", r"(?!)"),  # Vietnamese
    _words(r"คำขอ|เรียกใช้", r"จำนวน|ขีดจำกัด|โควตา", r"เกิน", r"(?!)"),  # Thai
    _words(r"keres|lekerdez", r"limit|korlat|kvota|szam", r"tullep|elerte", r"(?!)"),  # Hungarian
    _words(r"pyynto|pyynno", r"raja|kiintio|maara", r"ylit", r"(?!)"),  # Finnish
    _words(  # Estonian, Hungarian, Finnish, Vietnamese, Indonesian, Hebrew, Arabic, Persian, Thai, Hindi
        r"(?!)",
        r"(?!)",
        r"(?!)",
        r"liiga palju (?:paring|taotlus)|tul sok (?:keres|lekerdez)|liian (?:monta|paljon) pyynto"
        r"|qua nhieu (?:yeu cau|truy cap)|terlalu banyak permintaan|יותר מדי בקשות|طلبات كثيرة|كبير جدا من الطلبات"
        r"|درخواست.{0,12}بیش از حد|سرعت[^.]{0,20}درخواست[^.]{0,20}(?:بالا|زیاد)"
        r"|درخواست[^.]{0,20}زیاد|(?:คำขอ|ร้องขอ)[^.]{0,6}มากเกินไป|बहुत (?:अधिक|ज्यादा) अनुरोध",
    ),
)  # fmt: skip

_ATTEMPTS = re.compile(
    r"demasiados intentos|(?:muitas|demasiadas) tentativas|massa intents|trop de tentatives|troppi tentativi"
    r"|zu viele versuche|te veel pogingen|слишком много попыток|забагато спроб|zbyt wiele prob|prilis mnoho pokusu"
    r"|cok fazla deneme|for mange forsok|terlalu banyak percobaan|qua nhieu lan thu|尝试次数过多|嘗試次數過多"
    r"|試行回数が(?:多すぎ|上限)|너무 많은 시도|시도 횟수[^.]{0,4}초과|محاولات كثيرة"
)
"""Too many attempts, which somebody may also make to log in."""

_IN_SO_LITTLE_TIME = re.compile(
    r"(?:zu viele|te veel) .*\b(?:in (?:so )?kurzer zeit|in korte tijd|von (?:dieser|ihrer) (?:ip|adresse)|van dit ip)"
    r"|trop de .*\b(?:en (?:si )?peu de temps|depuis cette (?:ip|adresse))"
    r"|(?:demasiad[oa]s|muit[oa]s) .*\b(?:en (?:tan )?poco tiempo|em (?:tao )?pouco tempo"
    r"|(?:desde|deste|de esta) (?:ip|direccion))"
    r"|tropp[ei] .*\b(?:in (?:cosi )?poco tempo|da questo (?:ip|indirizzo))"
    r"|слишком много .*(?:за короткое время|с (?:этого|вашего) (?:ip|адреса))"
    r"|(?:zbyt|za) (?:wiele|duzo) .*w krotkim czasie"
)
"""Too much of anything, in so little time or from one address."""

_AGAIN_IN = re.compile(
    r"(?<!\d)\d+ ?(?:秒|分钟|分鐘|分|小时|小時)(?:钟|鐘)?(?:之?后|後)(?:に?再|重|请|請)"
    r"|(?<!\d)\d+ ?(?:초|분|시간) ?(?:후|뒤)에? ?다시"
    r"|\b(?:erneut|wieder|opnieuw) (?:in|over) \d+ ?(?:s|m|h)"
    r"|\b(?:in|over) \d+ (?:sek|min|stun)\w* (?:erneut|wieder|opnieuw)"
    r"|\breessa[iy]\w+ dans \d+|\b(?:intent|prueb|reintent)\w+ (?:de nuevo |nuevamente |otra vez )?(?:en|dentro de) \d+"
    r"|\btent\w+ (?:novamente|de novo|outra vez) (?:em|dentro de) \d+|\briprov\w+ (?:tra|fra) \d+"
    r"|(?:повтор|попроб|спроб)\w+ (?:\w+ ){0,2}через \d+"
    r"|\b(?:sprobuj|poczekaj|odczekaj)\w* (?:\w+ ){0,3}\d+ ?(?:s\b|sek|min)"
    r"|\b\d+ (?:saniye|dakika|saat) sonra (?:tekrar|yeniden)"
)
"""When to ask again, as an answer that failed says it."""

_OF_A_LOGIN = re.compile(
    r"contrasena|sesion|senha|login|log-?in\b|conn?exion|mot de passe|password|passwor[dt]|kennwort|anmeld|acceso\b"
    r"|accesso|парол|вход|войти|haslo|hasla|logowan|sifre|giris|密码|密碼|登录|登入|パスワード|ログイン|비밀번호|로그인|كلمة|sandi"
)

_OF_SIZE = re.compile(
    r"tamano|tamanho|taille|gro(?:ss|ß)e\b|dateigro|zeichen|caracter|размер|символ|rozmiar|dimension|boyut|大小|字符"
    r"|サイズ|文字|크기|글자|archiv|fichier|datei|файл|plik|dosya|文件|ファイル|파일|人数|结果|条件|프레임"
)
"""What is said of the size of one request, or of a file."""

_OF_ANOTHER = re.compile(
    r"ожидани|времен|tiempo|temps\b|delai|zeit(?:limit|uber)|limit czasu|zaman|超时|タイムアウト|시간 초과"
    r"|카드|결제|금액|이체|출금|银行卡|转账|金额|提现|カード|送金|金額|振込"
    r"|memoria|memoire|speicher|памят|内存|メモリ|메모리|stockage|almacenamiento|armazenamento|хранилищ|存储|ストレージ|저장|disque"
    r"|disco\b|festplatte|диск|磁盘|ディスク|디스크|dysk"
)
"""What has a limit besides: a time, money, and memory."""

_QUOTA = re.compile(r"quota|cuota\b|cota\b|kontingent|квот|配额|配額|额度|クォータ|할당량|kota\b")
_ABOUT_IT = re.compile(
    r"\b(?:wie|warum|was tun|comment|pourquoi|como|por que|come|perche|как|почему|jak|dlaczego|nasil|neden)\b"
    r"|怎么|如何|为什么|解决|とは|なぜ|方法|어떻게|왜"
)
_BARRED = re.compile(
    r"vorubergehend (?:gesperrt|blockiert|eingeschrankt)|temporairement (?:bloqu|suspend|limit|restrein)"
    r"|temporalmente (?:bloquead|suspendid|limitad|restringid)|bloquead\w+ temporalmente"
    r"|temporariamente (?:bloquead|suspens|limitad|restrit)|bloquead\w+ temporariamente"
    r"|temporaneamente (?:bloccat|sospes|limitat)|временно (?:заблокирован|ограничен|приостановлен)"
    r"|tymczasowo (?:zablokowan|ograniczon)|gecici olarak (?:engel|kısıt|kisit)"
    r"|(?:anfrage|abfrage)\w* wurden? gedrosselt|richiest[ae] (?:e|sono) stat[ae] limitat"
    r"|pedidos? (?:foi|foram) limitad|solicitud(?:es)? (?:fue|ha sido|han sido) (?:regulad|limitad)"
    r"|请求[^,，]{0,6}(?:限流|限速)|요청이 제한"
    r"|(?:请求|接口|访问|调用|ip)[^,，]{0,8}(?:暂时|临时|暫時)(?:禁用|停用|屏蔽)"
    r"|(?:太快|过快)[^。]{0,4}限流|(?:触发|被|已被)(?:限流|流控)"
    r"|(?:超过|超出|达到|触发)[^,，]{0,4}(?:频率|頻率|频次)(?:限制|上限)"
    r"|(?:暂时|临时|暫時)被?(?:限制|禁止|封禁)|风控[^。]{0,12}(?:访问|请求)[^。]{0,6}(?:拒绝|拦截|限制)"
    r"|短時間に大量の|大量の(?:アクセス|リクエスト)[がを][^。]{0,20}(?:制限|拒否|遮断|ブロック)|一時的に(?:制限|ブロック)"
    r"|(?:반복적인|연속|과도한|잦은) ?(?:요청|호출|접속)[은이을으][^.]{0,10}(?:허용되지|제한|차단|불가)"
    r"|(?:稍候|等待|稍等|等候)\W{0,2}(?:\d+|[一兩两三五十]) ?(?:秒|分)"
    r"|(?:额度|額度)[^,，]{0,4}(?:滿載|已滿|已满|用盡|耗盡)"
    r"|(?:وصلت|تجاوزت|بلغت)[^.]{0,15}الحد"
    r"|(?:초|분|시간)당[^.]{0,12}(?:건수|횟수)[^.]{0,8}(?:초과|넘)|일시적으로 (?:차단|제한)"
)
"""A ban for a time, which may be one of a road as well: only an answer that failed means itself by it."""

_CLAUSE = re.compile(r'[^.。;；!?！？\n"“”|]+')

_UNITS = (
    (r"segund|second[ei]|sekund|seconde|сек|saniye|秒|초", 1.0),
    (r"minut|мин|хвил|dakika|分|분", times.MINUTE),
    (r"hor[ae]s?\b|heure|stunde|or[ae]\b|godzin|час|годин|saat|小时|小時|時間|시간", times.HOUR),
    (r"di[ao]s?\b|dias|jours?\b|tag(?:e|en)?\b|giorn|dni\b|dzien|дн|день|gun\b|天|일", times.DAY),
)
_COUNTED = (
    *_UNITS,
    (
        r"sekun[nt]|masodperc|giay|detik|δευτερολ|ثان[يی][ةه]|ثوان|שני(?:ות|יה|ה\b)|วินาที|सेक[^ ]{0,3}",
        1.0,
    ),
    (r"minuu|perc(?:et)?\b|phut|menit|λεπτ(?:ο|α|ων)\b|دق[يی]ق[ةه]|دقائق|דק(?:ות|ה\b)|นาที|मिनट", times.MINUTE),
    (r"tun[tn]i|jam\b|ωρ(?:α|ες|ων)\b|ساع(?:ة|ات|ت)|שע(?:ות|ה\b)|ชั่วโมง|घंट[^ ]{0,2}", times.HOUR),
)
"""Units behind a number: in a text that has none, these few letters are those of many other words."""
_LENGTH = (
    r"(?:(?<!\d)\d+ ?(?:[-–—~〜至到]|bis\b|до\b|do\b|a\b) ?)?"  # of a range the longer one
    rf"(?P<count>(?<!\d)\d+(?:[.,]\d+)?) ?(?P<unit>{'|'.join(unit for unit, _ in _COUNTED)})"
)
_NEXT_PART = re.compile(
    rf"(?:(?![后後待内])[^\W\d]){{0,6}}[ ,]{{0,2}}(?:(?:und|et|y|e|i|и|en|og|och|ve|a) )?{_LENGTH}"
    r"(?![^\W\d]{0,6} ?(?:内|pro\b|par\b|por\b|per\b|за\b|на\b))"
)
"""What a length goes on with: 'um minuto e 30 segundos', `1分30秒`; not the time over which something is counted."""
_THOUSAND = re.compile(r"([1-9]\d{0,2})[.,](\d{3})")
"""`1.200`, as it is written where a comma parts the fraction: three digits, and no more of them on either side."""
_WITH_A_POINT = re.compile(r"[\u0400-\u052f\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3000-\ud7ff]")
"""Letters of languages in which no point stands between thousands: a fraction follows it."""
_WITHIN = r"(?:innerhalb|letzte[nr]?|ultim[oaie]s?|dernier\w*|laatste|последн\w+|ostatni\w*)"
"""Behind it stands the time over which something was counted."""
_BEFORE = re.compile(
    r"(?:\b(?:(?:aguard\w+|esper\w+|tente\w*|tentar|(?:re)?intent(?!os?\b)\w+|attend\w+|attente\b|patient\w+"
    r"|reessa[iy]\w+|wart\w+|versuch(?!en? in\b)\w+"
    r"|thu lai|vui long (?:cho|doi)|coba lagi|tunggu|ulangi|probal\w*|varj\w*|yrita|odota|προσπαθ\w+|περιμεν\w+"
    r"|حاول|المحاولة|انتظر|الانتظار|נס[הו]|המת[ןי]\w*|پس از"
    r"|(?:disponib\w+|verfugbar\w*) (?:in|dans|en|em|tra|fra)|(?:forsok|forsøk|prøv)\w* (?:igen|igjen|pa nytt|på nytt)"
    r"|riprov\w+|probeer\w*|подожд\w+|повтор\w+|попробуй\w*|зачекай\w*|sprobuj\w*|odczekaj|poczekaj|zkuste|请|請)"
    rf"(?:\W+(?!{_WITHIN}\b)[^\W\d]+){{0,5}}?|через(?: примерно| около)?)\W*"
    rf"|(?:ลองใหม่|ลองอีกครั้ง|รอ)(?:อีกครั้ง|ใน|หลังจาก|ภายใน|อีก){{0,2}} ?){_LENGTH}"
)
_KEPT_OUT = re.compile(
    r"\b(?:ограничен|заблокирован|gesperrt|bloque|bloccat|zablokowan)\w*\W{1,3}(?:[^\W\d]+\W{1,3}){0,1}" + _LENGTH
)
_BEHIND = re.compile(
    rf"{_LENGTH}(?:\w{{0,3}} ?(?:sonra|后|後|之后|以后|待って|お待ち|후)"
    r"|\w{0,4} ?(?:mulva|kuluttua|دیگر|صبر|(?:के )?बाद))"
)


def plain(text: str) -> str:
    """A text in small letters, without accents.

    >>> plain("Límite de REQUISIÇÕES"), plain("превышен")
    ('limite de requisicoes', 'превышен')
    """
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower())))


_ACCENTS = re.compile("[\u0300-\u036f]")


def refuses(text: str) -> re.Match[str] | None:
    """The first clause that says that too much was asked; `None` where none does.

    >>> refuses("Erro. Limite de requisições excedido, aguarde 1 minuto.")[0].strip()
    'Limite de requisições excedido, aguarde 1 minuto'
    >>> refuses("Die maximale Größe der Anfrage ist überschritten"), refuses("Request limit exceeded")
    (None, None)
    """
    return next((clause for clause in _CLAUSE.finditer(text) if _refuses(plain(clause[0]))), None)


def _refuses(clause: str) -> bool:
    if _OF_SIZE.search(clause):
        return False
    other = bool(_OF_ANOTHER.search(clause))
    return any(
        each.too_many.search(clause)
        or (not other and each.over.search(clause) and each.much.search(clause) and each.asked.search(clause))
        for each in _LANGUAGES
    )


def refuses_loosely(text: str) -> re.Match[str] | None:
    """The same of an answer that failed, where a quota that is over, and a ban for a time, are those of pace as well.

    >>> refuses_loosely("Der IP-Bereich ist vorübergehend gesperrt.")[0], refuses_loosely("gesperrt")
    ('Der IP-Bereich ist vorübergehend gesperrt', None)
    >>> refuses_loosely("Quota journalier dépassé")[0], refuses_loosely("Quota de disque dépassé")
    ('Quota journalier dépassé', None)
    """
    return refuses(text) or next((clause for clause in _CLAUSE.finditer(text) if _loosely(plain(clause[0]))), None)


def _loosely(clause: str) -> bool:
    if _BARRED.search(clause):
        return True
    attempts = _ATTEMPTS.search(clause) and not _OF_ANOTHER.search(clause)
    if attempts or _IN_SO_LITTLE_TIME.search(clause) or _AGAIN_IN.search(clause):
        return not _OF_A_LOGIN.search(clause)
    spent = _QUOTA.search(clause) and not (_OF_SIZE.search(clause) or _OF_ANOTHER.search(clause))
    return bool(spent) and any(each.over.search(clause) for each in _LANGUAGES)


def is_about_it(text: str) -> bool:
    """Whether it asks how or why, as what is written about refusals does.

    >>> is_about_it("访问频率过高怎么办"), is_about_it("访问频率过高")
    (True, False)
    """
    return bool(_ABOUT_IT.search(plain(text)))


def window_in(text: str) -> float | None:
    """Seconds over which what it speaks of is counted; `None` where it does not say so.

    >>> window_in("autorisés par minute"), window_in("суточный лимит"), window_in("每秒最多访问"), window_in("limit")
    (60.0, 86400.0, 1.0, None)
    >>> window_in("天配额超限"), window_in("今日访问过于频繁，每秒最多5次"), window_in("7天配额")
    (86400.0, 1.0, None)
    """
    clean = plain(text)
    if _A_DAY.search(clean):
        return times.DAY
    found = _PER.search(clean)
    named = found["unit"] or found["of"] if found else ""
    of_today = times.DAY if _OF_A_DAY.search(clean) and not _SHORTER.search(clean) else None
    return next((seconds for unit, seconds in _UNITS if named and re.match(unit, named)), of_today)


_A_DAY = re.compile(
    r"\bdiari[oa]|journali|taglich|суточн|ежедневн|дневн|dzienn"
    r"|giornalier|gunluk|denni\b|每日|每天|日次|1日|일일|일별"
)
_OF_A_DAY = re.compile(
    r"(?<![\d昨生一二两兩三四五六七八九十几作节節假周期月])[天日](?:配额|限额|额度|调用|访问量|请求数|上限)[^。,，;；!！]{0,6}(?:超|已|用完|耗尽|上限)"
    r"|(?:[今当當單单本]日|[今当當]天|오늘)(?:(?!频|頻|時間|天气|天気|날씨)[^。,，、;；.!！]){0,12}"
    r"(?:配额|限额|额度|上限|次数|次數|回数|한도)"
    r"|\btages(?:limit|kontingent|quote|grenze)|\bdag(?:limiet|slimit)"
)
"""The same of today's quota, where nothing shorter is named beside it."""

_SHORTER = re.compile(r"\bqps\b|[秒分]钟?(?:级|配额|限|内)|小?时(?:级|配额|限|内|调用)|并发|[0-9一](?:个)?小时内")

_PER = re.compile(
    r"(?:\b(?:por|par|pro|je|al|allo?|na|za|в|за|per|a la|por la|par la) |/|每|1)"
    rf"(?P<unit>{'|'.join(unit for unit, _ in _UNITS)})"
    r"|(?P<of>초|분|시간)당"
)


def come_back_in(text: str) -> float | None:
    """Seconds after which to come back; `None` where it does not say so.

    >>> come_back_in("Spróbuj ponownie po 30 sekundach"), come_back_in("aguarde 1 minuto"), come_back_in("30 saniye sonra")
    (30.0, 60.0, 30.0)
    >>> come_back_in("请1分30秒后再试"), come_back_in("aguarde 5 a 10 minutos"), come_back_in("warten Sie 1.200 Sekunden")
    (90.0, 600.0, 1200.0)
    >>> come_back_in("请在60秒后重试"), come_back_in("20 żądań na minutę"), come_back_in("wait")
    (60.0, None, None)
    """  # noqa: E501 - an example is one line
    clean = plain(text)
    found = _BEFORE.search(clean) or _KEPT_OUT.search(clean) or _BEHIND.search(clean)
    if found is None:
        return None
    total, larger = 0.0, math.inf
    while found is not None:
        unit = next(seconds for pattern, seconds in _COUNTED if re.match(pattern, found["unit"]))
        if unit >= larger:
            break
        total, larger = total + _number(found["count"], found["unit"]) * unit, unit
        found = _NEXT_PART.match(clean, found.end("unit"))
    return total


_FEW = (
    r"(?:algun|un|poc)[oa]s|u[nm] par de|alguns|quelques|(?:ein|wen)igen?|ein paar|enkele|een paar|qualche|alcuni"
    r"|poch[ie]|несколько|пару|кiлька|кілька|декілька|kilka|pare|nekolik|birkac|noen|nogle|nagra|几|幾|(?<![次总總求])数|몇"
)
_VAGUE = re.compile(
    _BEFORE.pattern.removesuffix(_LENGTH)
    + rf"(?P<few>(?:{_FEW}) ?(?P<unit>{'|'.join(unit for unit, _ in _UNITS)})[a-zа-яії钟鐘間]{{0,8}})"
    + rf"|(?P<few_>(?:{_FEW}) ?(?P<unit_>{'|'.join(unit for unit, _ in _UNITS)})[a-z钟鐘間]{{0,3}})"
    r"(?:\w{0,3} ?(?:sonra|后|後|之后|以后|待って|お待ち|후))"
)


def wait_vaguely(text: str) -> tuple[float, str]:
    """The least seconds after which to come back, where only their unit is named, and those words; else 0, and none.

    >>> wait_vaguely("Réessayez dans quelques minutes."), wait_vaguely("请在几分钟后重试")
    ((60.0, 'quelques minutes'), (60.0, '几分钟'))
    >>> wait_vaguely("birkaç dakika sonra tekrar deneyin"), wait_vaguely("Ce texte a quelques minutes")
    ((60.0, 'birkaç dakika'), (0.0, ''))
    """
    clean = plain(text)
    found = _VAGUE.search(clean)
    if found is None:
        return 0.0, ""
    part = "few" if found["few"] else "few_"
    unit = next(seconds for pattern, seconds in _UNITS if re.match(pattern, found["unit"] or found["unit_"]))
    said = text if len(text) == len(clean) else clean  # where only accents went, it is found at the same place
    return max(unit, lengths.FEW_SECONDS), said[slice(*found.span(part))]


def _number(count: str, unit: str) -> float:
    """A number as it is written in the language of its unit."""
    grouped = _THOUSAND.fullmatch(count)
    if grouped and not ("." in count and _WITH_A_POINT.match(unit)):
        return float(grouped[1] + grouped[2])
    return float(count.replace(",", "."))
