"""The phrases in which services refuse because of pace, as patterns. Pure.

They are those that need no sum, as 'slow down'; what names an amount and says that it is over is read by `english`.
Each is searched in texts of some thousand characters, so none may try many ways to split a text into words.
"""

from __future__ import annotations

import re

_PERIOD = r"(?:hourly|daily|weekly|monthly)"
_MANY = r"(?:requests?|calls?|queries|connections?|visits?|attempts?|hits|operations?)"
_IN_TIME = r"(?:within|per|in|every|each|an?) (?:an? |the |each )?(?:\d+ ?)?(?:sec|min|hour|day|week|month|s\b|h\b)"

_CLIENT = r"(?:you|clients?|ip|address|key|agent|bot|app\w*|requests?)"
_BARRED_FOR = rf"\b{_CLIENT}\b[^.]{{0,30}} (?:banned|blocked|black-?listed)(?: (?:for|due to|because of)|:) "
_ABUSE = (
    r"(?:abus(?:e|ing) (?:of )?(?:the|our|this)|flood|excess|hammer|scrap|overus|too many|spamming (?:requests|the|our)"
    r"|(?:suspicious )?burst|unusual(?:ly)? high)"
)
_PLAINLY = (
    r"\bslow (?:your roll|it down|the pace)|\b(?:calm|simmer|settle) down\b|enhance your calm"
    r"|cool your (?:jets|heels)|\bhold your horses|\bease up\b|\bchill (?:out|for|a bit)"
    r"|\btake (?:a breather|it easy|it slow)|\bgive it a rest|\b(?:please|to|must|should) back off\b"
    r"|not so (?:fast|quick)|too chatty|(?:\A|(?<=\"))too (?:fast|quick)\W*(?:\Z|[\".!])"
    r"|\b(?:stop|quit|please don't|do not) (?:hammer|spamm?|flood|pound)(?:ing)?\b"
    r"|\b(?:hammering|flooding|spamming) (?:the|our|this) (?:\w+ )?(?:api|server|service|site|system)"
    r"|\bhammering detected"
    rf"|\b(?:you(?:'re| are|r client is)?|client is) (?:[^\W_]+ ){{0,3}}?(?:going|sending|asking"
    rf"|calling|polling|refreshing|clicking|making {_MANY}|doing (?:this|that)) (?:[^\W_]+"
    rf" ){{0,3}}?(?:too|so) (?:fast|quick|often|frequent|rapid|much)"
    r"|(?:excessive|abusive|aggressive) (?:(?:api |automated )(?:usage|use)|(?:api |automated"
    r" )?(?:requests?|queries|scraping|crawling|polling|calls))\b"
    r"|\b(?:you(?:'re)?|requests?|api|endpoint|command|client|key|ip) (?:[^\W_]+ ){0,3}?(?:on|in)"
    r" (?:a )?cool[\s-]?down\b|\bblocked because [^.]{0,60}(?:usage|access|fair[ -]use|rate) polic"
    r"|\byou(?:'ve| have) been timed out|\b(?:api|service) abuse\b"
    r"|\babuse of (?:the|our|this) (?:api|service)"
    r"|\b(?:crawl|ask|request|query|poll|call|fetch|scrape|send|download|browse|try)\b [^.]{0,30}?\b(?:more slowly"
    r"|slower|less (?:often|frequently|aggressively))\b"
    r"|\b(?:reduce|lower|decrease|throttle) (?:the|your) (?:frequency|rate|number|volume|pace) of"
    rf" (?:\w+ )?{_MANY}"
    r"|\b(?:reduce|lower|decrease|throttle) your (?:(?:api )?(?:requests?|calls?|query|polling)["
    r" -](?:rate|frequency|volume)|requests\b(?! s)|calls\b|client\b)"
    rf"|\b(?:rate|frequency|number|volume) of (?:your )?{_MANY} (?:is |are )?(?:too |abnormally |unusually )high"
    r"|\b(?:requests?|calls?|access)[\s_-]frequency (?:is )?(?:too |abnormal|unusual)"
    r"|\bwait (?:a|an|one|some|\d+) (?:[^\W_]+ ){1,2}?before \w+ing (?:another|more|again)\b"
    r"|\bwait (?:[^\W_]+ ){0,3}?before (?:making|sending|issuing|submitting|requesting)"
    r" (?:(?:another|a new|more|the next) (?:[^\W_]+ )?(?:request|call|query|quer)|again)"
)
"""The same as people say it, and what they say to somebody who is kept out for it."""

_THAN_ALLOWED = (
    r"than (?:(?:we|our \w+|your \w+|the \w+|is|are|what is|what we) )?(?:[^\W_]+ )?(?:allow|permit)(?:s|ed)?\b"
)

PACE = re.compile(
    rf"{_PLAINLY}"
    rf"|{_BARRED_FOR}(?:[^\W_]+ ){{0,2}}?{_ABUSE}"
    r"|\b(?:server|service|system|model|api|controller|cluster|backend|queue|we)(?:'re| is| are)? (?:[^\W_]+ ){0,2}?at"
    r" (?:[^\W_]+ )?capacity\b|too many times|too[\s_]frequen(?:t(?:ly)?|cy)\b"
    r"|not permit(?:ted)? further (?:calls|requests)"
    rf"|\b{_MANY}[\s_]+(?:(?:is|are|was|were|came)[\s_]+)?too (?:many|often|fast|quick)(?:ly)?\b"
    r"|\b(?:downloads?|downloading|crawl\w*|scrap(?:es|ing)|polling|refreshing) (?:\w+ )?too"
    r" (?:often|fast|quick)(?:ly)?\b"
    r"|\btoo many (?:[^\W_]+ ){1,4}from (?:this|your) (?:ip|network|address)\b"
    r"|\byour (?:ip(?: address)?|network|client) (?:has been|was|is) (?:temporar(?:il)?y|auto\w*)"
    r" (?:banned|blocked|limited)"
    r"|\bused (?:up )?(?:all )?(?:of )?(?:(?:your|its|the|\d+) )?(?:free |daily |monthly"
    rf" )?(?:{_MANY}|runs|screenshots|searches|lookups|generations|conversions|translations|prompts"
    rf"|scans|downloads|queries) (?:[^\W_]+ ){{0,2}}?(?:today|(?:this|the current) (?:day|week|month"
    r"|hour|minute))\b"
    r"|throttl(?:ed|ing|e_|e[\s_-]?limit|e[\s_-]?exceed\w*)|rate[\s_-]?limited|rate[\s_-]?limiting"
    r"|request[\s_-]?rate[\s_-]?(?:is[\s_-]?)?(?:too[\s_-]?)?(?:high|large)"
    r"|provisioned[\s_-]?throughput[\s_-]?exceed\w*"
    r"|(?<!heart )(?<!bit )(?<!dose )(?<!flow )(?<!error )(?<!failure )(?<!interest )(?<!exchange"
    r" )\brate exceeded|spike[\s_-]?arrest|error code:? 10(?:15|27)\b|flood[\s_-]?(?:control|wait)"
    r"|\b(?:\w{1,20}[_-])?(?:is)?(?:in|on)[_-]?cool[_-]?down\b(?!\W{1,4}(?:false|0|null))|\bcool[_-]?down[_-](?:active|period|in[_-]effect)\b"
    r"|\bmore (?:[^\W_]+ )?(?:requests|calls|queries|hits|lookups|searches|downloads|visits)"
    rf" (?:[^\W_]+ ){{0,4}}?{_THAN_ALLOWED}"
    r"|\b(?:fetched|requested|loaded|viewed|opened|visited|crawled|scraped|downloaded|asked for) more (?:[^\W_]+"
    rf" ){{1,2}}{_THAN_ALLOWED}"
    r"|\b(?:at least|a minimum of|not less than|no less than) (?:a |an |one )?(?:\d+(?:\.\d+)? ?)?(?:ms|milli\w+"
    r"|s|sec\w*|min\w*) (?:[^\W_]+ ){0,2}?between (?:[^\W_]+ ){0,2}?(?:requests|calls|queries|hits|visits"
    r"|fetches|downloads)\b"
    r"|\b(?:burst|flood|crawl(?:er|ing)?|scrap(?:er|ing)|ddos|rate|request|traffic)[\s_-](?:protection|control|guard"
    r"|shield|limit(?:er|ing)?)(?:[\s_-](?:is|was|has been))?[\s_-](?:tripped|triggered|activated|active"
    r"|engaged|kicked in)\b"
    r"|\b(?:another|previous|prior|earlier|last) (?:request|call|query)(?: [^\W_]+){0,2} (?:is|are) (?:still )?"
    r"(?:already )?(?:being )?(?:processed|in progress|running|active|executing|executed|under way)\b"
    r"|\b(?:rate[\s_-]?limit|quota)(?:[\s_-](?:quota|check|policy))?[\s_-](?:denied|rejected|tripped|triggered|breached"
    r"|violated)\b"
    r"|\bexceed\w* (?:the |your |our )?(?:allowed|allowable|permitted|maximum|max) (?:frequency|rate|pace)\b(?! of)"
    r"|\b(?:requests|calls|queries|hits)\b[^.]{0,40}\bat least (?:\d+(?:\.\d+)? ?)?\w+ apart\b"
    r"|\brequest (?:velocity|speed|pace) (?:is )?too (?:high|fast)"
    r"|\b\d+ (?:requests|calls|queries|hits) (?:a|an|per|each|every) \w+[^\n]{0,60}?\byou(?:'ve| have)? (?:already )?"
    r"(?:sent|made|used|did|issued) \d+\b"
    r"|\btoo (?:little time|few \w+|soon|quickly|short an interval) (?:between|after|since) (?:[^\W_]+ ){0,3}?"
    r"(?:requests?|calls?|query|queries|hits?)\b"
    r"|\binterval between (?:[^\W_]+ ){0,2}?(?:requests|calls|queries) (?:is |was )?too short"
    r"|\b0 ?(?:of|/) ?\d+ (?:[^\W_]+ ){0,3}?(?:requests|calls|queries|credits) (?:left|remaining)\b"
    r"|\b(?:request|call|query) rate (?:has been|was|is) (?:\w+ )?(?:limited|restricted|throttled)\b"
    r"|http-problem-types#(?:quota-exc|temporary-red|abnormal-us)\w*|over[\s_](?:qps|rate)\b"
    r"|quer(?:y|ies)[\s_-]over[\s_-]limit|frequenc[ye][\s_-]{1,3}limit|excessive frequency|call limited\b"
    r"|\baccess[\s_]exceeded\b|\blimit of throttle\b|\bthis ban (?:will last|lasts)\b"
    r"|do not (?:send|make) more than \d+"
    r"|access to this (?:site|page|service) has been (?:temporarily )?limited"
    r"|temporar(?:il)?y (?:blocked|banned|limited|restricted|throttled|black-?listed|lock(?:ed)?[ -]?out)"
    rf"|no more than \w+ (?:[^\W_]+ )?(?:requests|calls|queries) {_IN_TIME}"
    r"|no more than \w+ (?:concurrent|simultaneous|parallel) (?:api )?(?:requests|calls|queries)\b"
    r"|(?:repeated|consecutive|repetitive) (?:requests?|calls?) (?:is|are) (?:not (?:allowed"
    r"|permitted)|forbidden|blocked)|insufficient (?:[^\W_]+ ){0,4}?requests available"
    r"|perform(?:ed|ing) too many actions"
    r"|\bno (?:more )?(?:requests|calls|credits) (?:left|available|remaining)\b|\boverloaded_error\b"
    r"|\bmodel is (?:[^\W_]+ )?overloaded\b(?! with)"
    r"|\b(?:server|service|system|api)s? (?:is|are) (?:currently|temporarily) overloaded\b(?! with)"
    r"|only (?:one|\d+) (?:[^\W_]+ ){0,2}(?:requests?|calls?|quer(?:y|ies)) (?:may|can|is|are) (?:be"
    r" )?(?:made|sent|allowed|permitted|processed|executed|issued)"
    rf"|\b(?:only|maximum|at most|up ?to) (?:[^\W_][\w/.:-]{{0,40}} ){{0,9}}?\d+ (?:request|(?:[^\W_]+"
    rf" ){{0,3}}?(?:times|requests|calls|queries)) {_IN_TIME}"
    r"|(?:requests|calls|queries) (?:[^\W_]+ ){0,6}?(?:>|(?:greater|more) than|above) (?:the"
    r" )?(?:threshold|limit|maximum)\b"
    r"|(?:usage|requests?|calls?|api|key|project)(?:[\s_](?:is|are|went))?[\s_]over[\s_](?:\w+ )?limit\b(?! of)"
    r"|\bauto[\s-]?(?:banned|blocked)|\b(?:banned|blocked) (?:[^\W_]+ ){0,4}?flood(?:ing|s)?\b(?! the)"
    r"|(?:exceed\w*|exhausted|used (?:up )?all) (?:[^\W_]+ ){0,3}credits\b"
    r"|not respecting (?:[^\W_]+ ){0,3}limits?\b"
    r"|\bcredits (?:[^\W_]+ ){0,2}(?:exceed|exhaust|deplet)ed\b(?! (?:the|\d))"
    r"|(?:freq\w*|concurren\w*|api|requests?|calls?) out of limit"
    r"|quota will be (?:renew|reset|replenish|refill)ed|resource[\s_-]?exhausted|slow[\s_]?down\b"
    r"|frequent(?:ly)?[\s_]access|requests? (?:was|were|is|has been|have been) banned"
    r"|maximum number of (?:\d+ )?concurrent \w+|\bmax(?:imum)? (?:of )?\d+ (?:concurrent|simultaneous|parallel)"
    r" \w+ (?:reached|exceeded|in use)\b"
    r"|(?:due to|because of) excessive (?:\w+ )?(?:requests|calls|traffic|usage|use|access)\b"
    r"|(?:(?<=\")|\A)over_(?:[a-z]{1,12}_)?limit(?=\"|\Z)"
    r"|limit(?:ed)? (?:is|to|of) \d+ (?:\w+ )?(?:requests|calls|queries)"
    r"|limited to \d+ ?(?:/|per) ?(?:s(?:ec(?:ond)?)?|m(?:in(?:ute)?)?|h(?:our)?|day)\b"
    r"|wait (?:for )?(?:a few|an?|one|\d+(?:\.\d+)?) ?(?:more )?(?:s\b|sec|min|hour)"
    r"(?![a-z]* for (?!(?:\w+ ){0,3}(?:limit|quota|requests?|slot|ip|turn)\b)[^.]{0,60}"
    r" to (?:propagate|take effect|(?:be|become) (?:active|activated|effective|enabled|ready)))"
    r"|(?:again|retry) (?:in|after) (?:a few (?:sec|min|hour)|\d)|available in {1,3}\d"
    r"|(?:(?<=: \")|(?<=:\")|(?<=; )|^)(?:rate[\s_-]?limit(?:ed)?|maxlag)(?=\"|;|$)"
    r"|rate[\s_-]?limit[\W_]{0,3}error\b|\bmonthly[\s_]request[\s_]count\b"
    r"|\b(?:api|user|app|account) usage (?:(?:is|was|has been) )?(?:reached|exceeded)"
    r"|\bip(?: address)? (?:[^\W_]+ ){0,2}?(?:banned|blocked) (?:until|for \d)",
    re.IGNORECASE,
)
"""A refusal because of pace, in English."""

LOOSELY = re.compile(
    rf"{_PERIOD} (?!.*(?:limit|quota|rate|api|request|call|quer))|only|no more|maximum|at most|up ?to|above|beyond|"
    rf"{_PLAINLY}|slow|flood|frequent|frequency[\s_](?:is|too)|limited|"
    r"more\b|at least|a minimum|no[t]? less|(?:\w+[_-])*cool|fetched|requested|loaded|viewed|opened|visited|crawled"
    r"|scraped|downloaded|asked|burst|crawl|scrap|ddos|traffic|another|previous|prior|earlier|last"
    r"|\d|interval|too (?:little|few|soon|quickly|short)|(?:requests|calls|queries|hits)\b.*\bapart"
    r"|request (?:velocity|speed|pace)|"
    r"hit\b|over\b|reach(?:ed)?\b(?!.*(?:quota|limit))|wait|again|retry|limit|do not|temporar",
    re.IGNORECASE,
)
"""How a match begins that data may have as well: '{"type": "quote", "text": "Slow down and enjoy life"}'."""

MILDLY = re.compile(
    r"rate limit is|call frequency|access[\s_-]limit\b|(?:key|api|ip|request|user|client) throttled?\b"
    r"|(?:requests?|calls?|quer(?:y|ies)) per (?:second|minute|hour|day)",
    re.IGNORECASE,
)
"""What is no refusal by itself: of an answer that says more, or that failed, it is."""

SOLD = re.compile(r"limit (?:is |was |has been )?(?:reach|exceed)\w*|count exceeded", re.IGNORECASE)
"""What may speak of any limit: with an offer of more of it, it is one of pace."""

FOR_MORE = re.compile(r"premium|subscri|upgrade|spread|membership", re.IGNORECASE)
"""What a body says that is nothing but a note, and what it says besides where it is no welcome."""

GENERAL = re.compile(
    r"rate[\s_-]?limit(?:ed|ing)|throttling|limit(?:ed)? (?:is|to|of) (?!.*(?:exceed|exhaust|reach|surpass)).*"
    r"|(?:only|maximum|at most|up ?to|at least|a minimum|not? less) .*",
    re.IGNORECASE,
)
"""What says that there is a limit, and not that it was met."""

MET = re.compile(r"(?:being|been|was|were)\s+(?:temporarily\s+)?$", re.IGNORECASE)
"""What stands before it where it was met."""

A_FIELD = re.compile(r"\"(?:field|param|parameter|property|attribute)\"\s*:\s*\"\Z")
"""What stands before a name of what was asked with, and no code of a refusal."""

CREDENTIALS = re.compile(
    r"\bkey\b|token|authenticat|credential|log ?in\b|sign(?:ed)? ?(?:in|up)\b|regist|paid", re.IGNORECASE
)
"""What else is amiss with 401, 403 and 404: they mention limits only to say what would be had with it."""

ABOUT_IT = re.compile(r"\b(?:how|why|what|when|guide|understanding|fix(?:ing)?)\b", re.IGNORECASE)
"""How a heading begins that is about limits."""

OF_SPACE = re.compile(r"(?:disk|storage|mailbox|(?<!\bwork)space|memory|inodes?|file)[\W_]{0,3}$", re.IGNORECASE)
"""What stands before a quota that is none of requests."""

A_QUOTA = re.compile(r"(?:\w+[ _-]?)?quota", re.IGNORECASE)
OF_A_STORE_OF_THINGS = re.compile(
    r"\b(?:disk|storage|mailbox|drive)[\W_]{0,3}(?:quota|is full|was full)"
    r"|\bquota '(?![\w-]*(?:request|quer|call|rate|per_))[A-Z0-9_-]{2,60}' exceeded\.? "
    r"+limit: [\d.]+ (?:in region|in zone|globally)\b",
    re.IGNORECASE,
)
"""What says elsewhere in the answer of what its quota is."""

OF_ROOM = re.compile(r"\brequested: [^\n]{1,200}?\bused: ", re.IGNORECASE)
"""What is said of a quota of things that are held, and not of requests: how much is used beside what was asked for."""

OF_A_STORE = re.compile(r"\bpool\b|sql|postgres|mongo|redis|database", re.IGNORECASE)
"""What has connections of its own, of which a service may have too many."""

OF_MONEY = re.compile(
    r"transfer|withdraw|deposit|purchas|spend|\bcard\b|payment|amount|balance|\b(?:EUR|USD|GBP|CHF)\b|[€$£]",
    re.IGNORECASE,
)
UNPAID = re.compile(r"\bunpaid|invoice|overdue|\bbilling|past due", re.IGNORECASE)
"""Why somebody is kept out, and comes back with the money."""

OF_AN_ACCOUNT = re.compile(
    r"(?<![^\W\d_])(?:billing|invoice|unpaid|past due|payment|subscription|plan|credits?|api[ _-]?key|credentials?)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
"""What belongs to somebody's account, and is not changed by waiting alone."""

A_BUDGET = re.compile(r"budget", re.IGNORECASE)
OF_A_QUERY = re.compile(r"complexity|\bcalls?\b|quer(?:y|ies)|request|\brate|\bapi\b|points|tokens", re.IGNORECASE)
"""What a budget is of, where it is none of money."""

A_DAY = re.compile(r".*(?:daily|weekly|monthly|\bday\b|\baccount\b)", re.IGNORECASE)
"""A limit of a day or of an account, which may be one of money."""

DECLINED = re.compile(
    r"\b(?:card|payment|transaction)s?\b[^.]{0,40}\bdeclin|\bdeclin[^.]{0,40}\b(?:card|payment)", re.IGNORECASE
)
"""What fails because of money."""

OF_ONE = re.compile(
    r"too much data|\bbatch|\bquantity\b|per (?:customer|person|order)\b"
    r"|(?:in|per)[\s-](?:one |a |each )?(?:single )?(?:request|call|query|batch)\b",
    re.IGNORECASE,
)
"""What is said of the size of one request, or of goods."""

SIZED = re.compile(r"too|more|reduce|lower|decrease|exceed|reach|only|no more|at most|maximum|number|up", re.IGNORECASE)
"""How a match begins that may say it of a size."""

LOGIN = re.compile(r"password|account|log ?in\b|sign ?in\b", re.IGNORECASE)
"""With what attempts are made that are none to ask for something."""

ATTEMPT = re.compile(r"attempt|password (?:was |has been )?(?:changed|reset|used)", re.IGNORECASE)

OF_A_LOGIN = re.compile(r".*attempt|again|retry|wait|available|temporar|too many times", re.IGNORECASE)
"""What is said of them as it is said of requests."""

LATER = re.compile(r"\W*(?:please )?retry later\W*", re.IGNORECASE)
"""All that is said to somebody who may come back."""

ONLY_A_LIMIT = re.compile(
    r"(?:\A\W{0,9}|\"(?:\w{1,20}_)?(?:message|msg|details?|description|reason|errormsg|errormessage)\" *: *\")"
    r"(?:usage |request )?limits?[ _-]?(?:(?:is|are|was|were|has been|have been) )?(?:exceeded|reached)"
    r"(?: detected)?[.!]?"
    r"(?:\"|\s*\Z)",
    re.IGNORECASE,
)
"""What names no limit: where somebody is kept out, or the service has a fault, it is one of pace."""

CODED = re.compile(r"\"\w{0,20}(?:code|status)\" *: *\"?429\b\"?", re.IGNORECASE)
"""What says by its number that too many requests came, where HTTP's own is another."""

FLAGGED = re.compile(r"\"(?:is[-_ ]?)?(?:throttled?|rate[-_ ]?limited)\"\s*:\s*true\b", re.IGNORECASE)
"""What says it by a flag."""

PLEA = re.compile(
    r"please|wait|retry|again|upgrade|contact|increase|slow|by the \w+ (?:owner|admin)"
    r"|\b(?:expires|ends|lifted|lasts)\b|limit (?:is|of) \d|\bper (?:second|minute|hour|day)\b",
    re.IGNORECASE,
)
"""What a refusal goes on with, where it goes on."""
