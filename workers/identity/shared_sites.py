"""Web sites that unrelated companies share: social networks, marketplaces, site builders, link shorteners and others.

In: nothing. Out: domains in lower-case ASCII. The CRM often holds a page of such a site as a company's web
site. Its domain then names the operator of the site, so it identifies no account. A site that gives each customer a
subdomain is listed too, unless the public suffix list makes each subdomain a domain of its own. Sources: the operators'
own pages, read on 2026-11-29.
"""

from __future__ import annotations

from typing import Final

_SOCIAL_NETWORKS: Final = """
linkedin.com lnkd.in facebook.com fb.com fb.me fb.watch m.me instagram.com instagr.am threads.net threads.com x.com
twitter.com t.co youtube.com youtu.be vimeo.com dailymotion.com tiktok.com snapchat.com pinterest.com pin.it reddit.com
redd.it tumblr.com xing.com viadeo.com vk.com vkontakte.ru ok.ru odnoklassniki.ru weibo.com weibo.cn wechat.com
whatsapp.com wa.me telegram.org telegram.me t.me discord.com discord.gg discordapp.com slack.com skype.com line.me
lin.ee kakao.com signal.me mastodon.social bsky.app bsky.social truthsocial.com gab.com nextdoor.com meetup.com
quora.com medium.com substack.com ghost.io livejournal.com blogger.com twitch.tv clubhouse.com behance.net dribbble.com
deviantart.com flickr.com 500px.com soundcloud.com bandcamp.com spotify.com mixcloud.com patreon.com ko-fi.com
buymeacoffee.com goodreads.com ravelry.com strava.com untappd.com plurk.com douban.com zhihu.com xiaohongshu.com
bilibili.com douyin.com kuaishou.com naver.me band.us note.com ameblo.jp mixi.jp mewe.com gettr.com rumble.com
researchgate.net academia.edu orcid.org angel.co wellfound.com f6s.com polywork.com about.me gravatar.com disqus.com
wikipedia.org wikidata.org fandom.com wikia.com
"""

_SEARCH_AND_MAPS: Final = """
google.com google.co.uk google.de google.fr google.es google.it google.nl google.ca google.com.au google.co.in
google.co.jp google.com.br goo.gl g.co g.page forms.gle maps.app.goo.gl business.site bing.com yandex.com baidu.com
duckduckgo.com openstreetmap.org mapquest.com foursquare.com waze.com here.com maps.me
"""

_MARKETPLACES_AND_SHOPS: Final = """
amazon.com amazon.co.uk amazon.de amazon.fr amazon.it amazon.es amazon.nl amazon.se amazon.pl amazon.ca amazon.in
amazon.co.jp amazon.com.au amazon.com.br amazon.com.mx amazon.ae amazon.sa amazon.sg amazon.com.tr amzn.to a.co
ebay.com ebay.co.uk ebay.de ebay.fr ebay.it ebay.es ebay.ca ebay.com.au ebay.us etsy.com etsy.me alibaba.com
aliexpress.com 1688.com taobao.com tmall.com jd.com made-in-china.com globalsources.com dhgate.com indiamart.com
tradeindia.com exportersindia.com flipkart.com snapdeal.com meesho.com mercadolibre.com mercadolibre.com.ar
mercadolibre.com.mx mercadolibre.com.co mercadolivre.com.br olx.com olx.pl olx.ua olx.in allegro.pl bol.com
cdiscount.com rakuten.com rakuten.co.jp rakuten.ne.jp shopee.com shopee.sg shopee.co.id shopee.com.my shopee.ph
shopee.vn shopee.co.th lazada.com lazada.sg lazada.com.my lazada.co.id tokopedia.com bukalapak.com coupang.com
ozon.ru wildberries.ru avito.ru leboncoin.fr marktplaats.nl 2dehands.be kleinanzeigen.de gumtree.com craigslist.org
wish.com temu.com poshmark.com mercari.com depop.com
vinted.com redbubble.com zazzle.com society6.com teespring.com spring.com printful.com bigcartel.com shopify.com
myshopify.com shop.app bigcommerce.com mybigcommerce.com ecwid.com square.site squareup.com gumroad.com sellfy.com
storenvy.com prestashop.com opencart.com woocommerce.com volusion.com 3dcart.com shift4shop.com tictail.com
lightspeedhq.com thebase.in base.shop stores.jp booth.pm youcanbook.me fiverr.com upwork.com freelancer.com
thumbtack.com taskrabbit.com houzz.com angi.com angieslist.com homeadvisor.com bark.com checkatrade.com
doordash.com ubereats.com grubhub.com deliveroo.co.uk just-eat.co.uk toasttab.com opentable.com resy.com
zomato.com swiggy.com
"""

_SITE_BUILDERS_AND_HOSTS: Final = """
wix.com wixsite.com editorx.io squarespace.com weebly.com weeblysite.com wordpress.com wordpress.org wp.com
blogspot.com jimdo.com jimdosite.com jimdofree.com webflow.com webflow.io godaddy.com godaddysites.com
wsimg.com secureserver.net site123.com site123.me strikingly.com mystrikingly.com webnode.com webnode.page webnode.cz
webnode.fr webnode.es webnode.it webnode.com.br yola.com yolasite.com zyro.com zyrosite.com tilda.cc tilda.ws
carrd.co crd.co cargo.site framer.com framer.website framer.app framer.ai bubble.io bubbleapps.io softr.app softr.io
glide.page glideapp.io unbounce.com unbouncepages.com leadpages.co lpages.co leadpages.net instapage.com pagedemo.co
clickfunnels.com myclickfunnels.com kajabi.com mykajabi.com teachable.com thinkific.com podia.com systeme.io
hubspot.com hubspotpagebuilder.com hs-sites.com hubspotlinks.com duda.co dudamobile.com multiscreensite.com
business.com homestead.com angelfire.com tripod.com geocities.com webs.com freewebs.com bravenet.com moonfruit.com
ucoz.ru ucoz.com ucoz.net narod.ru nethouse.ru e-monsite.com over-blog.com overblog.com canalblog.com hautetfort.com
cafe24.com tistory.com fc2.com skyrock.com pagesperso-orange.fr free.bg altervista.org webador.com webador.de webador.nl mozello.com voog.com
edicypages.com onepage.io onepage.me brizy.io brizy.site elementor.cloud elementor.com hostinger.com hostingersite.com
000webhost.com 000webhostapp.com infinityfree.net epizy.com byethost.com awardspace.com x10hosting.com bluehost.com
hostgator.com dreamhost.com siteground.com namecheap.com ionos.com ionos.de strato.de one.com
wpengine.com wpenginepowered.com kinsta.com kinsta.cloud pantheonsite.io acquia.com
heroku.com herokuapp.com vercel.com vercel.app netlify.com netlify.app github.com github.io gitlab.com gitlab.io
bitbucket.org bitbucket.io pages.dev workers.dev cloudflare.com fly.dev onrender.com render.com railway.app
replit.com repl.co glitch.com glitch.me codepen.io surge.sh ngrok.io ngrok.app firebaseapp.com web.app appspot.com
azurewebsites.net azurestaticapps.net cloudfront.net amazonaws.com googleusercontent.com notion.so notion.site
gitbook.io gitbook.com readthedocs.io readme.io super.site potion.so linktr.ee linktree.com beacons.ai lnk.bio
bio.link bio.site linkin.bio campsite.bio taplink.cc taplink.ws solo.to flow.page flowcode.com hoo.be milkshake.app
msha.ke tap.bio contactin.bio withkoji.com komi.io stan.store link.me hihello.me popl.co blinq.me
"""

_LINK_SHORTENERS: Final = """
bit.ly bitly.com j.mp tinyurl.com tiny.cc tiny.one ow.ly is.gd v.gd rebrand.ly rb.gy cutt.ly shorturl.at short.io
short.gy t.ly buff.ly dlvr.it ift.tt lnkd.co adf.ly bl.ink shorte.st soo.gd s.id qr.net qr.io qrco.de qr.page
me-qr.com urlz.fr u.to clck.ru vk.cc su.pr trib.al snip.ly smarturl.it geni.us linkfire.com lnk.to onelink.me
page.link app.link branch.io hubs.ly hubs.la mailchi.mp eepurl.com mlsend.com amzlink.to spoti.fi apple.co msft.it
dub.sh dub.co tny.im kutt.it x.co zpr.io w.wiki
"""

_CALENDARS_FORMS_AND_EVENTS: Final = """
calendly.com cal.com savvycal.com doodle.com acuityscheduling.com as.me youcanbook.me setmore.com simplybook.me
appointlet.com chilipiper.com meetings.hubspot.com oncehub.com tidycal.com zcal.co booksy.com fresha.com vagaro.com
mindbodyonline.com squarespacescheduling.com bookings.office.com zoom.us zoom.com webex.com gotomeeting.com
whereby.com meet.google.com teams.microsoft.com typeform.com surveymonkey.com jotform.com wufoo.com formstack.com
tally.so paperform.co paperform.com cognitoforms.com formsite.com 123formbuilder.com zohopublic.com qualtrics.com
alchemer.com forms.office.com airtable.com smartsheet.com eventbrite.com eventbrite.co.uk eventbrite.de eventbrite.fr
eventbrite.com.au eventbrite.ca evite.com splashthat.com lu.ma hopin.com bizzabo.com cvent.com ticketmaster.com
universe.com xing-events.com billetto.co.uk peatix.com connpass.com sched.com gofundme.com kickstarter.com
indiegogo.com mailchimp.com campaign-archive.com constantcontact.com sendinblue.com canva.com canva.site
"""

_REVIEWS_JOBS_AND_REGISTERS: Final = """
yelp.com yelp.co.uk yelp.de yelp.ca trustpilot.com tripadvisor.com tripadvisor.co.uk tripadvisor.de g2.com capterra.com
getapp.com softwareadvice.com trustradius.com sourceforge.net producthunt.com clutch.co goodfirms.co glassdoor.com
indeed.com monster.com ziprecruiter.com stepstone.de kununu.com jobs.ch seek.com.au naukri.com infojobs.net
crunchbase.com pitchbook.com dnb.com hoovers.com zoominfo.com owler.com rocketreach.co apollo.io lusha.com bloomberg.com
manta.com yellowpages.com yellowpages.ca yellowpages.com.au superpages.com whitepages.com bbb.org chamberofcommerce.com
hotfrog.com cylex.de cylex-uk.co.uk brownbook.net kompass.com europages.com europages.co.uk wlw.de gelbeseiten.de
dasoertliche.de 11880.com herold.at local.ch search.ch pagesjaunes.fr societe.com verif.com infogreffe.fr
paginegialle.it paginasamarillas.es einforma.com goudengids.be goudengids.nl telefoonboek.nl gulesider.no proff.no
eniro.se hitta.se allabolag.se krak.dk fonecta.fi yell.com 192.com thomsonlocal.com endole.co.uk opencorporates.com
companieshouse.gov.uk company-information.service.gov.uk northdata.de northdata.com firmenwissen.de unternehmensregister.de
justdial.com sulekha.com zaubacorp.com booking.com airbnb.com expedia.com hotels.com agoda.com vrbo.com zillow.com
realtor.com rightmove.co.uk zoopla.co.uk redfin.com healthgrades.com zocdoc.com doctolib.fr doctolib.de jameda.de
avvo.com justia.com lawyers.com findlaw.com
"""

_FILE_HOSTS_AND_STORES: Final = """
dropbox.com db.tt box.com onedrive.com 1drv.ms sharepoint.com drive.google.com docs.google.com sites.google.com
icloud.com wetransfer.com we.tl mega.nz mega.io mediafire.com sendspace.com 4shared.com zippyshare.com box.net
pcloud.com sync.com tresorit.com scribd.com issuu.com slideshare.net speakerdeck.com prezi.com docsend.com
pastebin.com archive.org imgur.com giphy.com photobucket.com cloudinary.com apps.apple.com itunes.apple.com
play.google.com microsoftstore.com appexchange.salesforce.com force.com my.site.com chrome.google.com
hub.dockerhub.com huggingface.co kaggle.com stackoverflow.com
stackexchange.com trello.com asana.com monday.com clickup.com miro.com figma.com evernote.com
"""

SITES: Final[frozenset[str]] = frozenset(
    " ".join(
        (
            *(_SOCIAL_NETWORKS, _SEARCH_AND_MAPS, _MARKETPLACES_AND_SHOPS, _SITE_BUILDERS_AND_HOSTS),
            *(_LINK_SHORTENERS, _CALENDARS_FORMS_AND_EVENTS, _REVIEWS_JOBS_AND_REGISTERS),
            _FILE_HOSTS_AND_STORES,
        )
    ).split()
)
"""Domains of the sites."""
