// The customer shows what they choose, pauses, and stops: the picture goes to the other browser, and ends here first.
(function () {
  const us = window.looking
  if (!us) return
  const [begin, on, pause, left, stop] = ['begin', 'on', 'pause', 'left', 'stop'].map((name) => document.getElementById('looking-' + name))
  const title = document.title
  let state = us.words.state
  let track = null
  let link = null
  let ends = 0

  if (!(navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia && window.RTCPeerConnection)) {
    document.getElementById('looking-cannot').hidden = false
    return
  }

  function dark () {
    if (link) link.close()
    if (track) track.stop()
    link = track = null
    on.hidden = true
    document.title = title
  }

  async function end () {
    dark()
    await us.ask('end').catch(() => null)
    location.reload()
  }

  async function offer () {
    if (!track || state !== 'running') return
    if (link) link.close()
    const mine = link = us.make()
    mine.addTransceiver(track, { direction: 'sendonly' })
    await mine.setLocalDescription()
    await us.gathered(mine)
    if (link === mine) await us.ask('say', mine.localDescription.sdp)
  }

  function show () {
    begin.hidden = true
    on.hidden = false
    document.title = '● ' + us.words.title + ' – ' + title
    document.getElementById('looking-what').textContent = us.words[track.getSettings().displaySurface] || us.words.monitor
    stop.focus()
  }

  async function choose () {
    let stream
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })
    } catch {
      return us.say(us.words.nothing)
    }
    track = stream.getVideoTracks()[0]
    track.addEventListener('ended', end)
    const answer = await us.ask('begin').catch(() => null)
    if (!answer || !answer.ok) {
      dark()
      return us.say(answer ? await answer.text() : us.words.lost)
    }
    state = 'running'
    us.say('')
    show()
    await offer()
  }

  // Nothing goes any more before we say that it paused; it goes again after we said so, over a way that is made anew.
  async function rest () {
    const pauses = state === 'running'
    if (pauses && link) { link.close(); link = null }
    const answer = await us.ask(pauses ? 'pause' : 'go on').catch(() => null)
    if (!answer || !answer.ok) return
    state = pauses ? 'paused' : 'running'
    pause.textContent = pauses ? us.words.goOn : us.words.pause
    us.say(pauses ? us.words.paused : '')
    if (!pauses) await offer()
  }

  async function tell (found) {
    ends = performance.now() + found.seconds * 1000
    if (found.state === 'ended') { dark(); return location.reload() }
    for (const one of found.signals) {
      if (one.kind === 'ready') await offer()
      else if (link && link.signalingState === 'have-local-offer') await link.setRemoteDescription({ type: 'answer', sdp: one.body }).catch(() => null)
    }
  }

  function gone () {
    dark()
    begin.hidden = true
    us.say(us.words.lost)
  }

  setInterval(() => {
    if (!track) return
    const more = Math.max(0, ends - performance.now())
    left.textContent = Math.ceil(more / 60000)
    if (ends && more === 0) end()
  }, 1000)
  if (state === 'accepted') begin.hidden = false
  begin.addEventListener('click', choose)
  pause.addEventListener('click', rest)
  stop.form.addEventListener('submit', (event) => { event.preventDefault(); end() })
  window.addEventListener('pagehide', () => {
    if (track) navigator.sendBeacon(us.root.dataset.now, new URLSearchParams({ do: 'end' }))
    dark()
  })
  us.poll(tell, gone)
})()
