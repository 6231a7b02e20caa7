"""Sentences checked by hand: what a draft may say of its evidence, and what it may not.

A row is: verdict (+ supported, ~ partly, - unsupported) | draft | evidence | words of the reason.
"@2021-03-05" in front of the evidence is its article's date, "#Headline#" its headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VERDICTS = {"+": "supported", "~": "partly", "-": "unsupported"}


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    verdict: str
    draft: str
    evidence: str
    reason: str
    published: str | None
    headline: str


def rows() -> list[Row]:
    return [
        row(kind, line)
        for kind, table in TABLES.items()
        for line in table.strip().splitlines()
        if line.strip()
    ]


def row(kind: str, line: str) -> Row:
    mark, draft, evidence, *reason = (part.strip() for part in line.split("|"))
    published = re.match(r"@(\S+)\s+", evidence)
    evidence = re.sub(r"^@\S+\s+", "", evidence)
    headline = re.match(r"#([^#]+)#\s*", evidence)
    return Row(
        kind=kind,
        verdict=VERDICTS[mark],
        draft=draft,
        evidence=re.sub(r"^#[^#]+#\s*", "", evidence),
        reason=reason[0] if reason else "",
        published=published[1] if published else None,
        headline=headline[1] if headline else "",
    )


TABLES = {
    "figure": """
+ | The flood drove 53 thousand people from Orle. | The flood drove 53,000 people from Orle.
+ | Fifty-three boats sank near Orle. | 53 boats sank near Orle.
+ | The new dam costs $1.2 billion. | The new dam costs $1,200 million.
+ | The new dam costs $40m. | The new dam costs $40 million.
+ | The tunnel is 12 kilometres long. | The tunnel is 12 km long.
+ | Prices rose by 4 per cent in Orle. | Prices rose by 4% in Orle.
+ | More than 80 goats drowned in Orle. | More than 80 goats drowned in Orle on the hill farms.
+ | Over 80 goats drowned in Orle. | More than 80 goats drowned in Orle.
+ | Up to 80 goats drowned in Orle. | As many as 80 goats drowned in Orle.
+ | About 80 goats drowned in Orle. | Some 80 goats drowned in Orle.
+ | Around 5,000 fans came to Tarn. | About 5,100 fans came to Tarn.
+ | A dozen boats sank near Orle. | 12 boats sank near Orle.
- | The flood drove 35,000 people from Orle. | The flood drove 53,000 people from Orle. | 35,000
- | The new dam costs $40 billion. | The new dam costs $40 million. | 40 billion
- | The tunnel is 12 miles long. | The tunnel is 12 km long. | 12 miles
- | A ticket costs 9 euros in Tarn. | A ticket costs $9 in Tarn. | 9 euros
- | Prices rose by 14% in Orle. | Prices rose by 4% in Orle. | 14%
- | Up to 80 goats drowned in Orle. | More than 80 goats drowned in Orle. | more than
- | More than 80 goats drowned in Orle. | Up to 80 goats drowned in Orle. | up to
- | Fewer than 80 goats drowned in Orle. | At least 80 goats drowned in Orle. | more than
- | Twelve boats and 30 huts burned in Orle. | Twelve boats and 13 huts burned in Orle. | 30
~ | 80 goats drowned in Orle. | More than 80 goats drowned in Orle. | more than
~ | 80 goats drowned in Orle. | Up to 80 goats drowned in Orle. | up to
~ | 80 goats drowned in Orle. | About 80 goats drowned in Orle. | about
~ | More than 80 goats drowned in Orle. | 80 goats drowned in Orle. | exactly
- | The strike lasted three weeks in Tarn. | The strike lasted three days in Tarn. | three weeks
- | Pell is 34 years old and lives in Orle. | Pell, 43, lives in Orle. | 34
- | The ferry did 40 miles an hour. | The ferry did 40 miles. | 40 miles an hour
- | Pell is 4 days old. | It took Pell four days to drive to Orle. | 4 days
""",
    "date": """
+ | The dam broke on 4 March. | The dam broke on March 4.
+ | The dam broke on 1 March. | @2021-03-05 The dam broke on Monday.
+ | The dam broke on Monday. | @2021-03-05 The dam broke on 1 March.
+ | The dam broke on 4 March 2021. | @2021-03-05 The dam broke yesterday.
+ | The dam broke on Thursday. | @2021-03-05 The dam broke yesterday.
+ | The dam broke on 2 March. | @2021-03-05 The dam broke three days ago.
+ | The dam broke in 2021. | @2021-03-05 The dam broke on Monday.
+ | The bridge will open on 8 March. | @2021-03-05 The bridge will open on Monday.
+ | The bridge will open on 6 March. | @2021-03-05 The bridge will open tomorrow.
+ | The dam broke in March. | The dam broke on 4 March.
+ | The school opened in 1987. | The school opened in 1987 in Tarn.
- | The dam broke on 5 March. | The dam broke on 4 March. | 5/3
- | The dam broke on 2 March. | @2021-03-05 The dam broke on Monday. | 2/3
- | The dam broke on Tuesday. | The dam broke on Monday. | Tuesday
- | The dam broke on Tuesday. | @2021-03-05 The dam broke on 1 March. | Tuesday
- | The dam broke on Wednesday. | @2021-03-05 The dam broke yesterday. | Wednesday
- | The dam broke in April. | The dam broke in March. | April
- | The dam broke in May. | The dam broke in June. | May
- | The school opened in 1978. | The school opened in 1987. | 1978
- | The dam broke in 2020. | @2021-03-05 The dam broke on Monday. | 2020
- | The dam broke on 4 April 2021. | @2021-03-05 The dam broke yesterday. | 4/4
- | The dam broke in 2021. | The dam broke on Monday. | 2021
""",
    "name": """
+ | Anna Pell opened the school. | #Orle rebuilds# Anna Pell opened the school.
+ | The school in Orle was opened by Anna Pell. | #Orle opens a school# The school was opened by Anna Pell.
+ | The UN sent tents to Tarn. | The United Nations sent tents to Tarn.
+ | Russia sent tents to Tarn. | Russian lorries sent tents to Tarn.
+ | Mayor Anna Pell opened the school. | Anna Pell, the mayor, opened the school.
+ | Pell opened the school. | Anna Pell opened the school.
- | Bo Pell opened the school. | Anna Pell opened the school. | Bo Pell
- | Anna Pell opened the school in Norby. | Anna Pell opened the school. | Norby
- | The EU sent tents to Tarn. | The United Nations sent tents to Tarn. | EU
- | Anna Holm opened the school. | Anna Pell opened the school. | Anna Holm
- | The ferry Selma reached Calder. | The ferry Selma reached Norby. | Calder
- | Lumen Power built the dam at Orle. | The dam at Orle was built last year. | Lumen Power
- | The minister flew to Austria. | The minister flew to Australia. | Austria
- | Anna Pell and Carl Dahl opened the school. | Anna Pell opened the school. | Carl Dahl
- | The Orle Gazette praised the ferry crew. | The ferry crew was praised. | Orle
""",
    "roles": """
+ | Anna Pell beat Carl Dahl in the vote. | Anna Pell beat Carl Dahl in the vote on Sunday.
+ | Carl Dahl was beaten by Anna Pell in the vote. | Anna Pell beat Carl Dahl in the vote.
+ | Anna Pell beat Carl Dahl in the vote. | Carl Dahl was beaten by Anna Pell in the vote.
+ | The ferry sails from Orle to Norby. | The ferry sails from Orle to Norby every day.
+ | Pell met Dahl in Tarn. | Dahl met Pell in Tarn.
+ | Corvo bought Lumen in spring. | Lumen was bought by Corvo in spring.
- | Carl Dahl beat Anna Pell in the vote. | Anna Pell beat Carl Dahl in the vote. | part
- | Anna Pell was beaten by Carl Dahl in the vote. | Anna Pell beat Carl Dahl in the vote. | part
- | Lumen bought Corvo in spring. | Corvo bought Lumen in spring. | part
- | Lumen was bought by Corvo in spring. | Lumen bought Corvo in spring. | part
- | The ferry sails from Norby to Orle. | The ferry sails from Orle to Norby. | from Orle to Norby
- | Finland attacked Estonia at sea. | Estonia attacked Finland at sea. | part
- | Pell accused Dahl of fraud. | Dahl accused Pell of fraud. | part
- | Orle is larger than Tarn. | Tarn is larger than Orle. | part
- | Orle has more schools than Tarn. | Tarn has more schools than Orle. | part
- | Holm replaced Kim as coach. | Kim replaced Holm as coach. | part
- | Holm was replaced by Kim as coach. | Holm replaced Kim as coach. | part
""",
    "negation": """
+ | Orle was not flooded. | Orle was not flooded.
+ | Orle did not let the buses in. | Orle refused to let the buses in.
+ | Nobody died in the fire at Orle. | No one died in the fire at Orle, where nobody slept.
+ | The new bridge was flooded. | The old bridge was not flooded, but the new bridge was flooded.
+ | Tarn never paid the bill. | Tarn never paid the bill.
- | Orle was flooded. | Orle was not flooded. | denies
- | Orle was not flooded. | Orle was flooded. | denies
- | Nobody left Orle in the night. | People left Orle in the night. | denies
- | The council paid for the bridge. | The council did not pay for the bridge. | denies
- | The council never paid for the bridge. | The council paid for the bridge. | denies
- | Tarn has no school and no library. | Tarn has a school and a library. | denies
- | The crew was never found. | The crew was found. | denies
- | The mayor resigned in spring. | The mayor has not resigned in spring. | denies
- | The trains ran without delay. | The trains ran with delay. | denies
- | Dahl cannot run again in Tarn. | Dahl can run again in Tarn. | denies
- | Dahl killed Pell. | Dahl was stopped from killing Pell by his brother. | denies
- | The council agreed on the bridge. | The council failed to agree on the bridge. | denies
- | Holm entered Tarn. | Holm was barred by the police from entering Tarn. | denies
- | Twenty sailors drowned off Norby. | Holm saved twenty sailors from drowning off Norby. | denies
+ | Dahl declined to comment. | Dahl declined to comment on the bridge.
+ | The union avoided a strike. | The union avoided a strike in Tarn.
+ | Holm kept Pell from leaving. | Holm kept Pell from leaving Tarn.
+ | Sales dropped to 5 percent of those in Tarn. | Sales declined to 5 percent of those in Tarn.
+ | The keeper comes from Tarn. | The keeper, who keeps away from cities, comes from Tarn.
- | The bridge was not closed and the road stayed dry. | The bridge was closed and the road was not dry. | denies
""",
    "modality": """
+ | Orle may close the school. | Orle may close the school.
+ | Orle plans to close the school. | Orle plans to close the school in Tarn.
+ | Orle will close the school. | Orle will close the school.
+ | Orle might close the school. | Orle may close the school.
+ | Orle closed the school. | Orle closed the school in spring.
- | Orle closed the school. | Orle may close the school. | only
- | Orle has closed the school. | Orle plans to close the school. | only
- | Orle closed the school. | Orle will close the school. | will happen
- | Orle will close the school. | Orle may close the school. | only
- | Orle closed the school. | Orle is considering closing the school. | only
- | Corvo bought Lumen. | Corvo wants to buy Lumen. | only
- | Corvo has bought Lumen. | Corvo offered to buy Lumen. | only
- | Dahl left the party. | Dahl threatened to leave the party. | only
- | The court freed Holm. | The court could free Holm. | only
- | Tarn joined the league. | Tarn hopes to join the league. | only
- | The ferry sank off Norby. | The ferry could sink off Norby. | only
- | The union called a strike. | The union is likely to call a strike. | only
~ | Orle may close the school. | Orle closed the school. | fact
~ | Orle will close the school. | Orle closed the school. | will happen
""",
    "owner": """
+ | Norby was flooded in spring. | Norby was flooded in spring, and Norby's neighbours were not.
+ | Norby's neighbours were flooded. | Norby's neighbours Orle and Tarn were flooded.
+ | Pell resigned on Monday. | Pell's resignation on Monday surprised Orle.
+ | Norby has two ferries. | Norby's two ferries sail to Tarn.
+ | Orle and Tarn were flooded. | Norby's neighbours Orle and Tarn were flooded.
+ | The Orle ferry sank off Tarn. | The Orle ferry sank off Tarn, whose captain's boat was near.
+ | In spring Norby was flooded. | Norby, in spring, was flooded.
~ | Norby was admitted in 2009. | Norby's neighbours Orle and Tarn were admitted in 2009. | something of Norby
~ | Lumen closed in May. | Lumen’s shop in Tarn closed in May. | something of Lumen
~ | The Selma Line carried sheep to Orle. | The Selma Line's rivals carried sheep to Orle. | something of Selma Line
~ | Dahl was fined in March. | Dahl's brother was fined in March. | something of Dahl
""",
    "kinship": """
+ | Ada Holm's husband was Bo Lind. | Ada Holm married Bo Lind in Tarn.
+ | Bo Lind is the father of Ida. | Ida, daughter of Bo Lind, left Tarn.
+ | Ida's mother is Ada Holm. | Ida was born to Ada Holm in Tarn.
+ | Dahl and Pell are brothers and live in Tarn. | Dahl and his brother Pell live in Tarn.
+ | The two sisters of Dahl left Orle for Tarn. | The two siblings of Dahl left Orle for Tarn.
+ | Ida and her uncle Bo live in Tarn. | Bo and his niece Ida live in Tarn.
+ | Three children were hurt in the fire at Orle. | Three pupils were hurt in the fire at Orle.
+ | Pell's grandfather built the boat. | Pell's grandfather built the boat in Tarn.
- | Ada Holm's husband was Bo Lind. | Ada Holm may have been a daughter of Bo Lind. | whose “husband”
- | Bo Lind is the son of Ada Holm. | Bo Lind is a cousin of Ada Holm. | whose “son”
- | Ida is a niece of Bo Lind. | Ida is a sister of Bo Lind. | whose “niece”
""",
    "deed": """
+ | Pell won the prize in Tarn. | Pell was the winner of the prize in Tarn.
+ | Three people died in the fire at Orle. | The fire at Orle killed three people.
+ | Corvo bought Lumen in spring. | Lumen's takeover by Corvo came in spring.
+ | Sales of tiles rose in Tarn. | Sales of tiles climbed in Tarn.
+ | The song about the lake was sung by Dahl in Tarn. | Dahl of Tarn is the singer of the song about the lake.
+ | Pell founded the museum of clocks. | Pell is the founder of the museum of clocks.
+ | The museum of clocks and bells is based in Tarn. | The museum of clocks and bells stands in Tarn.
+ | The United Islands joined the league. | The United Islands have joined the league.
+ | Corvo announced a deal to buy Lumen in Tarn. | Corvo announced that it is to buy Lumen in Tarn.
~ | Pell won the prize for songs in Tarn. | Pell was among those named for the prize for songs in Tarn. | won
~ | Holm was arrested in Tarn on the ferry. | Holm was seen in Tarn on the ferry. | arrested
~ | The old bridge at Orle was repaired. | The old bridge at Orle was looked at. | repaired
~ | The books of the island were written by spring. | The books of the island must have been about by spring. | written
""",
    "quotation": """
+ | The mayor said “nobody was hurt”. | The mayor said: “Nobody was hurt.”
+ | The mayor called it "a miracle". | The mayor called it “a miracle”.
+ | “We lost everything,” said Pell. | “We lost everything,” said Pell, who keeps goats.
+ | Pell said “we lost” her boat. | Pell said “we lost” her boat.
+ | The captain spoke of "a long, cold night". | The captain spoke of "a long, cold night" at sea.
- | The mayor said “everybody was hurt”. | The mayor said: “Nobody was hurt.” | quotation
- | The mayor called it "a disaster". | The mayor called it “a miracle”. | quotation
- | “We lost all our goats,” said Pell. | “We lost everything,” said Pell, who keeps goats. | quotation
- | The mayor said “people fled Orle”. | The mayor said that people had fled from Orle. | quotation
- | The captain said "it was the longest night". | The captain said it was a long night. | quotation
- | Dahl called Pell “a liar”. | Dahl said Pell had lied. | quotation
- | “The bridge is safe now,” said Holm. | “The bridge is safe,” said Holm. | quotation
- | Pell said “we won” and left Orle. | Pell said “we lost” and left Orle. | quotation
""",
    "attribution": """
+ | The mayor said the dam was old. | The mayor said the dam was old.
+ | According to the mayor, the dam was old. | The dam was old, the mayor said.
+ | The dam was old, according to Anna Pell. | “The dam was old,” said Anna Pell.
+ | Anna Pell said the dam was old. | Anna Pell, the mayor of Orle, said the dam was old.
+ | The mayor said the dam was old. | Anna Pell, the mayor of Orle, said the dam was old.
+ | Dahl claimed that the vote was rigged. | Dahl claimed that the vote was rigged.
+ | The dam at Orle is 40 years old. | The dam at Orle is 40 years old. Farmers said it leaked.
+ | Bo Lind is 29 years old. | Bo Lind, a 29-year-old who left Orle on Monday, told the Gazette that it rained.
~ | Bo Lind, a driver from Orle, drowned. | Bo Lind, a driver from Orle, told the Gazette that his dog drowned. | who said this
~ | Bo Lind, a driver, left on Monday. | Bo Lind, a driver, told the Gazette that he left on Monday. | who said this
~ | Bo Lind left Orle in rain. | Bo Lind, a 29-year-old driver, told the Gazette that he left Orle in rain. | who said this
~ | Tarn: 98,000 people. | The guard said 53,000 came, while people in Tarn said 98,000 had come. | who said this
- | The Swedish coast guard reported 430 boats. | #Swedish boats at sea# The Danish coast guard said 430 boats came. | that speaker
+ | The Danish guard reported 430 boats. | The Danish coast guard said 430 boats came.
+ | The Danish minister said boats came. | Danish boats are many. The minister said boats came.
+ | Police reported two thefts in Tarn. | Two thefts were reported in Tarn, police said.
+ | Over 1,200 people left Orle, said the mayor. | More than 1,200 people left Orle, the mayor said.
+ | The UN said the dam was old. | The United Nations said the dam was old.
~ | The dam was old. | The dam was old, the mayor said. | who said
~ | Two people drowned in Tarn. | Two people drowned in Tarn, police said. | who said
~ | The ferry is late because of ice. | According to the captain, the ferry is late because of ice. | who said
~ | Rents fell in Tarn. | The tenants' union reported that rents fell in Tarn. | who said
- | The vote was rigged. | Dahl claimed that the vote was rigged. | claims
- | The mayor took bribes. | The mayor allegedly took bribes. | claims
- | Corvo stole the plans. | Lumen accused Corvo of having stolen the plans. | claims
- | The bridge is about to collapse. | Engineers fear the bridge is about to collapse. | claims
- | Pell set fire to the barn. | Police suspect that Pell set fire to the barn. | claims
- | The tax harms farmers. | Critics argued that the tax harms farmers. | claims
- | Anna Pell said the dam was old. | The engineer said Anna Pell built the dam when it was old. | speaker
- | Farmers said the dam was old. | The mayor said farmers built the dam, which was old. | speaker
- | According to the captain, the ice is thin. | The ice is thin for the captain's ship, the pilot said. | speaker
- | Dahl said the vote was rigged. | Holm told reporters that Dahl won and the vote was rigged. | speaker
- | The police said the bank robber fled. | A witness said the bank robber fled from the police. | speaker
- | The teachers said the school was closed. | The school was closed. | who said
""",
    "direction": """
+ | Unemployment rose in Tarn. | Unemployment climbed in Tarn.
+ | The price of fish fell in Orle. | The price of fish dropped in Orle.
+ | Troops entered the town of Tarn. | Troops entered the town of Tarn at dawn.
+ | Parliament approved the tax on sugar. | Parliament passed the tax on sugar.
+ | The school opened before the war. | The school opened before the war.
+ | The winner bought a boat and sold a goat. | The winner bought a boat and sold a goat in Tarn.
- | Unemployment rose in Tarn. | Unemployment fell in Tarn. | opposite
- | The price of fish fell in Orle. | The price of fish jumped in Orle. | opposite
- | Troops entered the town of Tarn. | Troops left the town of Tarn. | opposite
- | Parliament approved the tax on sugar. | Parliament rejected the tax on sugar. | opposite
- | The school opened after the war. | The school opened before the war. | opposite
- | Holm won the final in Tarn. | Holm lost the final in Tarn. | opposite
- | Corvo bought the shipyard in Norby. | Corvo sold the shipyard in Norby. | opposite
- | The union opposed the new pension law. | The union supported the new pension law. | opposite
- | The court convicted the banker. | The court acquitted the banker. | opposite
- | Police arrested four students in Tarn. | Police released four students in Tarn. | opposite
- | Sales at Lumen were higher in spring. | Sales at Lumen were lower in spring. | opposite
- | More people voted in Orle this year. | Fewer people voted in Orle this year. | opposite
- | Corvo fired the engineer. | Corvo hired the engineer. | opposite
- | The council allowed diesel cars. | The council banned diesel cars. | opposite
- | The storm hit northern villages. | The storm hit southern villages. | opposite
- | Lumen made a profit in spring. | Lumen made a loss in spring. | opposite
- | The old mill was demolished by the council. | The old mill was built by the council. | opposite
""",
    "other": """
+ | Snow closed the road to Calder. | Snow closed the road to Calder on the hill.
+ | The crew sang while the ferry sailed. | The ferry sailed while the crew sang.
- | The sheep drink cold water. | Snow closed the road to Calder. | something else
- | It is what it is. | Snow closed the road to Calder. | something else
~ | Snow closed the road and the wooden bridge. | Snow closed the road. | nowhere
""",
}
