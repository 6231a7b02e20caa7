"""Words that belong to a page's controls and not to any article: buttons, bars, footers.

General vocabulary of news pages in English. No names of outlets stand here; the networks that
share bars link to are the exception, since nothing else makes up such a bar.
"""

from __future__ import annotations

import re

from index.extract.clean import key

_SECTION = re.compile(
    r"related(?: (?:stories|articles|content|topics|coverage|news|links|posts|reading|videos?))?"
    r"|more (?:from|on|in|about|stories|news|coverage|like this|headlines|to explore)\b.*"
    r"|(?:the )?most (?:popular|read|viewed|shared|watched|recent|commented|discussed)\b.*"
    r"|(?:now )?(?:trending|popular)(?: (?:now|stories|articles|topics|today|this week|posts))?"
    r"|(?:top|latest|other|similar|recent|further) (?:news|stories|updates|headlines|articles"
    r"|posts|videos)"
    r"|the latest|latest from .*|recommended(?: (?:for you|stories|reading|articles))?"
    r"|you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*|you ll also like"
    r"|(?:what to )?read (?:next|also)|read more|up next|next up|see also|keep reading|also read"
    r"|(?:the )?editor ?s? ?s? (?:picks?|choice)|(?:our )?picks|must reads?|don t miss"
    r"|in case you missed it|also (?:in|on) .*|(?:from )?around the web|elsewhere on .*"
    r"|from (?:our|the) (?:partners?|web|archives?).*|(?:sponsored|promoted|paid|partner)(?: \w+)?"
    r"|comments?(?: \d+)?|\d+ comments?|leave a (?:comment|reply)|join the (?:conversation"
    r"|discussion)"
    r"|(?:tags|topics|filed under|categories|sections|quick links|site ?map|explore(?: more)?)"
    r"|share this(?: \w+)*|follow us(?: on)?|stay connected|stay informed|connect with us|connect"
    r"|(?:our )?newsletters?|sign up for .*|subscribe to .*|our (?:network|channels|sites"
    r"|brands|apps)"
    r"|about us|about the authors?|contact us|company|legal|support us|get in touch"
)
_CONTROL = re.compile(
    r"(?:advert(?:isement|isements|ising|s)?|ads?|ad feedback|(?:article"
    r"|story) continues (?:below|after)\b.*"
    r"|(?:scroll|swipe) (?:to|down|for)\b.*|remove ads?|skip (?:to|links?|ad|advert"
    r"|navigation)\b.*)"
    r"|(?:share|save|print|e ?mail|tweet|pin|send|copy|copy link|copy url|link copied|copied"
    r"|comment|like|gift)"
    r"(?: (?:this )?(?:article|story|page|link|post))?"
    r"|(?:play|pause|listen|watch|mute|unmute|live|loading|close|open|menu|search|home|back"
    r"|next|previous)"
    r"(?: (?:menu|search|now|live|video|article|to this article|navigation|story))?"
    r"|(?:main |site |primary |navigation )?(?:menu|navigation)(?: menu)?|navigation menu"
    r"|(?:back to )?(?:the )?(?:top|bottom)(?: of (?:the )?page)?|(?:back|go"
    r"|return) to (?:top|home|homepage)"
    r"|(?:log|sign) ?(?:in|out|up)|register|subscribe(?: now| today)?|my account|account"
    r"|donate|support"
    r"|(?:source|original|external) link|read (?:the )?full (?:story|article)"
    r"|continue reading|show more|view all|more"
    r"|(?:see|learn|find out|view|load) (?:all|more)|view (?:all|more|gallery|comments)"
    r"|load more|expand|collapse|enlarge(?: image)?"
    r"|(?:cookie|privacy|terms|accessibility|ad ?choices)\b(?: \w+){0,4}"
    r"|\d{1,3} ?(?:min(?:ute)?s?)(?: read)?|(?:reading time|estimated reading time)\b.*"
    r"|(?:\d{1,3}|an?|one) (?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month|year)s? ago"
    r"|\d+ (?:shares?|views?|likes?|comments?)|this \w+ (?:article )?has \d+ \w+"
    r"|oops|something went wrong|please try again(?: later)?|error|click here\b.*|tap to \w+"
    r"|view (?:this|the) \w+ (?:on|in) \w+|getty images|file photo|open in app"
    r"|download (?:our|the) app"
    r"|all rights reserved\b.*|follow (?:\w+ ){1,6}on(?: \w+)*"
)
_NETWORKS = re.compile(
    r"facebook|twitter|x|whatsapp|linkedin|instagram|telegram|reddit|pinterest|youtube|tiktok"
    r"|threads"
    r"|bluesky|mastodon|messenger|flipboard|tumblr|snapchat|email|e|mail|print|copy|link"
    r"|share|save|rss"
    r"|sms|pocket|icon|logo|colored|outline|on|to|this|via|opens|in|new|window|and"
)
_INLINE_TEASER = re.compile(
    r"^\[?(?:read (?:more|also|next)|related(?: \w+)?|see (?:also|more)|more|watch|listen"
    r"|also read|don['’]t miss"
    r"|recommended|click here|tags?|topics?|filed under|categories)\s*[:|>»]\s*\S",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"^(?:copyright\b|©|\(c\)\s*\d{4})|©\s*(?:copyright\s*)?\d{4}", re.IGNORECASE
)
_SERVICE = re.compile(
    r"cookies?\b|newsletters?\b|subscri(?:be|ber|bers|ption)\b|sign(?:ed|ing)? (?:up|in)\b"
    r"|log(?:ged)? in\b"
    r"|privacy policy|terms (?:of|and) \w+|all rights reserved|javascript|ad[- ]?block"
    r"|in ?box\b|browser"
    r"|our (?:free )?app\b|follow us|breaking news alerts?|notifications?|unsubscribe|may not be"
    r" (?:published|reproduced|republished)|external (?:sites|links)|affiliate|personal data"
    r"|personal information|thanks for |your account\b|comments? (?:are|is) closed"
    r"|promo(?:tion)? code",
    re.IGNORECASE,
)
# What a page asks of its reader. Begins a line or a sentence: in the middle of one, somebody else
# is asked.
_CALL = re.compile(
    r"^(?:tell us (?:what|your|about|how)|let us know|(?:have|got) (?:a|any) (?:news )?tips?"
    r"|share (?:it|this (?:story|article|post|page)))\b"
    r"|^(?:like|liked|enjoyed?|love) this (?:story|article|post|page)\s?[?!]"
    r"|^(?:get|buy|order|subscribe)\b.*(?:\bdelivered (?:\w+ ){1,3}your\b|\bclick here\b)"
    r"|(?:^|[.!?]\s+)follow (?:him|her|them|me|us) on (?:twitter|x|facebook|instagram|threads"
    r"|bluesky|mastodon|linkedin)\b"
    r"|\bbe reached at \S+@",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:you|your|our|us|we|this site|this website)\b", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"^(?:sign|subscribe|get|follow|download|join|register|click|enter|please|already|support"
    r"|accept|want more|need more"
    r"|manage|enable|turn|all|this (?:site|website|material|page|content)|by (?:clicking"
    r"|signing|using))\b",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"^[^.!?\d]{1,40}(?:\s?[|>»›]\s?[^.!?\d|>»›]{1,40}){1,5}$")
# Words of somebody who is quoted; the name of a magazine in quotation marks is no quotation.
_QUOTED = re.compile(
    r"^[\"“”«»]|[\"“«][^\"”»]{30,}|\b(?:said|says|told|wrote|asked|added)\b", re.IGNORECASE
)
_SHORTCODE = re.compile(r"^\[/?[a-z_-]+(?:\s+[a-z_-]+\s*=|\])", re.IGNORECASE)
_TIME_OF_CHANGE = re.compile(
    r"(?:last )?(?:updated|published|posted)(?: at| on)? \d{1,2} \d\d(?: [a-z ]{1,9})?"
)
_MAX_SECTION_WORDS = 8
_MAX_WORDS = 12  # a longer line is no button
_MAX_SERVICE_WORDS = 35


def opens_section(line: str) -> bool:
    """Tell whether a line heads a part of a page that is not the article, as "Most read"."""
    words = _words(line)
    if re.search(r"(?<!\.)\.$", line) or not 1 <= len(words.split()) <= _MAX_SECTION_WORDS:
        return False
    return bool(_SECTION.fullmatch(words))


def is_interface(line: str) -> bool:
    """Tell whether a line is a control, a share bar, a notice to the user or a copyright line."""
    if not any(character.isalnum() for character in line):
        return True
    if len(line) < 120 and (_CONTROL.fullmatch(_words(line)) or _INLINE_TEASER.match(line)):
        return True
    if _SHORTCODE.match(line) or _TIME_OF_CHANGE.fullmatch(_words(line)):
        return True
    if len(line.split()) <= 8 and _CRUMBS.match(line):
        return True
    return is_copyright(line) or is_share_bar(line) or is_service_notice(line)


def is_copyright(line: str) -> bool:
    """Tell whether a line claims copyright, as footers do."""
    return len(line) < 300 and bool(_COPYRIGHT.search(line))


def is_share_bar(line: str) -> bool:
    """Tell whether nothing but names of networks and their buttons stands in a line."""
    squeezed = "".join(character for character in line.casefold() if character.isalpha())
    if not 3 <= len(squeezed) <= 150:
        return False
    words = _words(line).split()
    if len(words) == 1 or len(words) < len(squeezed) // 12:
        rest = _NETWORKS.sub("", squeezed)
        return not rest and len(squeezed) > 5
    return len(words) <= _MAX_WORDS and all(_NETWORKS.fullmatch(word) for word in words)


def is_service_notice(line: str) -> bool:
    """Tell whether a line speaks to the user of the site: cookies, newsletters, subscriptions."""
    if len(line) > 600 or len(line.split()) > _MAX_SERVICE_WORDS or _QUOTED.search(line):
        return False
    if _CALL.search(line):
        return True
    if not _SERVICE.search(line):
        return False
    return bool(_ADDRESS.search(line) or _IMPERATIVE.match(line))


def _words(line: str) -> str:
    return key(line.replace("_", " "))
