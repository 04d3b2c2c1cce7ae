-- What browsers send to the beacon: many visitors, some browsers, pages, languages and referring sites. For wrk.
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%d.0) Gecko/20100101 Firefox/%d.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/%d.0.0.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
}
local languages = {"nl-NL,nl;q=0.9,en;q=0.8", "en-US,en;q=0.9", "fy,nl;q=0.8", "de-DE,de;q=0.9,en;q=0.5", "fr"}
local sites = {"https://www.search.co.uk", "", "https://nieuws.krant.nl", "https://www.lakana.example", "https://forum.voorbeeld.nl"}
local pages = {"/", "/producten/%d", "/hulp/%d/vraag", "/anders/%d"}
local requests, at = {}, 0

function init(args)
  local image = args[1] == "image"
  math.randomseed(7)
  for n = 1, 20000 do
    local page, site, version = pages[math.random(#pages)]:format(math.random(5000)), sites[math.random(#sites)], math.random(100, 146)
    local headers = {
      ["Host"] = "count.lakana.example", ["Accept"] = "*/*", ["Sec-Fetch-Mode"] = "no-cors", ["Sec-Fetch-Site"] = "same-site",
      ["User-Agent"] = agents[math.random(#agents)]:format(version, version), ["Accept-Language"] = languages[math.random(#languages)],
      ["X-Forwarded-For"] = ("%d.%d.%d.%d"):format(math.random(11, 126), math.random(0, 255), math.random(0, 255), math.random(1, 254)),
    }
    if image then
      headers["Referer"] = "https://www.lakana.example" .. page
      requests[n] = wrk.format("GET", "/count", headers)
    else
      headers["Origin"], headers["Content-Type"] = "https://www.lakana.example", "text/plain;charset=UTF-8"
      requests[n] = wrk.format("POST", "/count", headers, page .. "\n" .. site)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
