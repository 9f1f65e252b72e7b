"""Word lists for sentence boundaries: abbreviations by what a full stop after them can mean.

Words are in lower case, without their last full stop.
"""

# Before a name or a number: a full stop after one never ends a sentence.
NEVER_LAST = frozenset(
    "asst attn excmo excma avda suppl fam inż mr mrs ms mx dr prof rev fr hon gov sen rep gen"
    " col maj capt cmdr lt sgt cpl pvt adm brig cllr messrs mme mlle mgr ste mt v pres supt insp"
    " amb treas vs viz cf eg ie e.g i.e al approx hr hrn frl dipl ing mag dott sig avv sra srta"
    " dra dña ud uds dhr mevr mw drs ir blz dna figs eqs sect chap vol vols nos pp para eds nr"
    " str ul hl vgl bzw evtl ggf inkl exkl incl excl abb bsp ext pos lfd zzgl geb gest z.b d.h"
    " u.a i.d o.a bijv m.m t.ex bl.a f.eks np tzn tj tzv např pl pvz bkz çev doç sn resp г ул"
    " проф акад доц св стр см рис табл напр тов т.е т.к κ κα κος π.χ βλ डॉ श्री प्रो रु د أ".split()
)
# Before a number a full stop after one does not end a sentence; before a word it does.
BEFORE_NUMBER = frozenset(
    "id env subd tab subsec subs gem az vers abschn anh rys obr aufl no fig ref refs eq art arts"
    " sec secs ver v tbl kap cir ct supp stat fed civ crim rptr rs tk kr p s tel rn rdn zi ziff"
    " op opp ed est ca c circa gr mk nº núm pag pág págs cl sch amdt edn ss § č čl sv sygn poz ст"
    " гл п рр кв д с тел".split()
)
# The same for words that are common ones with a small letter.
BEFORE_NUMBER_CAPITALISED = frozenset(
    "pub app bd cap abs doc item cat reg exp div ch cal cong com act sub".split()
)
# A sentence can end with one: it does before a capital, unless an abbreviation goes on.
ALSO_LAST = frozenset(
    "etc usw ecc osv atd itd stb enz т.д т.п др пр н.э р.х u.s.w u.dgl e.c b.c.e".split()
)
# Words that also end sentences: a full stop after one ends it only before a sentence starter.
MAYBE_LAST = frozenset(
    "jr sr st ft fa av тыс млн млрд inc ltd co corp bros llc plc dept univ assn est a.m p.m am"
    " pm u.s u.k u.n u.s.a d.c b.c a.d b.a m.a ph.d m.d j.d esq ave blvd rd max min avg hr hrs sq"
    " oz lb lbs km kg cm mm treas trans comm gmbh mio mrd tsd jhd inj obj intl natl govt mfg acad"
    " bldg hwy pkwy stn tit med d r им".split()
)
# The same for words that are common ones with a small letter.
MAYBE_LAST_CAPITALISED = frozenset(
    "ret mon tue tues wed thu thurs fri sat sun mass calif conn fla ill ind kan ky la md mich"
    " minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo ariz ark colo del ga mil"
    " sci ch com adm ap apt bd jos wm chas thos geo jas robt benj danl saml edw".split()
)
# After a number they are units, whose full stop ends the sentence before a capital.
UNITS = frozenset(
    "kg g mg µg μg t l ml cl dl m mm cm km nm s ms min mins h hr hrs sec secs d yr yrs wk wks ft"
    " in yd yds mi lb lbs oz pt qt gal tsp tbsp kw mw gb mb kb tb hz khz mhz ghz db pa kpa bar"
    " kcal kj mol rpm mph kmh wh kwh mwh ah mah pct std stk km² m² m³ л кг г гг м см мм км руб"
    " коп ч мин сек в вв r zł kč eur usd gbp chf".split()
)
UNIT_LETTERS = frozenset("A V C F K".split())
YEAR_UNITS = frozenset("г гг r".split())
MONTHS = frozenset(
    "sett genn febbr ott nov jan feb mar apr jun jul aug sep sept oct dec okt dez mär mrz déc"
    " févr janv avr juil ene abr dic".split()
)
MONTH_NAMES = frozenset(
    "january february march april may june july august september october november december"
    " januar februar märz mai juni juli oktober dezember jänner feber januari februari maart mei"
    " augustus marts maj avgust septembre octobre".split()
)
DAYS_AND_ZONES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
    " eastern central pacific mountain".split()
)
# "Vitamin C. Take it": a letter after one is a label, not the initial of a name.
LABEL_NOUNS = frozenset(
    "anh. abb. app. fig. vitamin list rev revision class group type grade plan option part"
    " section appendix exhibit team hepatitis model series version point step table figure fig"
    " room gate block building zone line level tier phase case side schedule annex annexe column"
    " category question answer drive exit platform size terminal wing item clause article unit"
    " volume factor sample site hall tower variant route track topic theme form task paragraph"
    " gruppe klasse typ liste vitamine groupe teil punkt anlage stufe zeile spalte halle grupo"
    " tipo lista clase programming".split()
)
# A German number after one is an ordinal ("am 3. Tag") ...
ORDINAL_LEADS = frozenset(
    "am im der den dem des die das zum zur vom beim ab bis jeder jeden jedem dieser diesem ihrem"
    " seinem ihren seinen sein ihr mein unser dieses jedes ins".split()
)
# ... as is one in front of these.
ORDINAL_NOUNS = frozenset(
    "jahrhundert jahrhunderts jahrhunderte weltkrieg weltkriegs weltkrieges jahrtausend"
    " jahrtausends bundesliga kapitel klasse etage stock geburtstag auflage semester oktober jh"
    " platz stelle lebensjahr stunde".split()
)
STARTERS = frozenset(
    "a after all although an and another any are as at because before both but by can did do"
    " does during each even every finally first for four from furthermore had has have he her"
    " here his how however i if in instead is it its last later like many meanwhile more moreover"
    " most my neither never no nor not now of on once one only or other our over people please"
    " several she since so some still such take that the their then there therefore these they"
    " this those though three through thus to today two under unlike until upon use was we were"
    " what when where whether which while who why with without yes yet you your der die das ein"
    " eine er es wir ihr im am bei nach mit aber und dort dann danach heute als wenn le la les un"
    " une il elle ils elles ce cette nous vous je en au dans mais puis el los las una su pero het"
    " een hij zij ze deze den det han hun och men он она оно они это этот в на по но и а как с к"
    " для его её их при до после когда где".split()
)
# At the end of a line they show that the sentence goes on in the next ...
JOINING_WORDS = frozenset(
    "a an the of by from with at into and or but nor than which whose its their our his her your"
    " my this these those between during via per der die das den dem des ein eine einen einem"
    " einer eines und oder von vom zum zur beim für dass le les du et ou à aux dans par pour avec"
    " sans el los las una del y con gli della nel di il uma da dos het een van voor og och att av"
    " и в на из для не что".split()
)
# ... and these, where the line is not short.
MAYBE_JOINING_WORDS = frozenset(
    "in on for to as is are was were be been being has have had will would can could may might"
    " must should not about after against before over under through within without upon if when"
    " where while because since until that who im ins am an auf bei nach aus über unter um durch"
    " gegen wird werden wurde wurden ist sind war hat haben nicht als wie de la un en au sur que"
    " qui se al em do na no com op te met på til med".split()
)
SPEECH_VERBS = "said|says|asked|asks|replied|answered|cried|shouted|added|told|whispered|exclaimed"


def begins_lower(word: str) -> bool:
    """Whether a word goes on with a sentence; `iOS` and `eSIM` may also begin one."""
    return word[:1].islower() and not any(map(str.isupper, word[1:3]))
