// The page around the verifier: what was chosen goes in, what holds is said, in Dutch or English.
"use strict";

(() => {
  const WORDS = {
    nl: {
      other: "English", title: "Controleer een bewijs", file: "Het bestand", check: "Controleer", more: "Meer controleren",
      what: "Kies een ontvangstbewijs of een export van een organisatie die met Houvast werkt. Deze pagina rekent na of " +
        "het klopt. Er gaat niets naar buiten: u kunt de pagina bewaren en zonder internet gebruiken.",
      fileHint: "Een ontvangstbewijs (.json), een export (.zip) of een checkpoint.",
      key: "De openbare sleutel van de organisatie",
      keyHint: "Een regel met twee plustekens, die u langs een andere weg kreeg. Laat u dit leeg, dan wordt de sleutel " +
        "in het bestand gebruikt.",
      since: "Een ouder bestand van hetzelfde logboek", busy: "Bezig met narekenen",
      sinceHint: "Dan ziet u of het logboek sindsdien alleen is aangevuld.",
      witnesses: "Sleutels van getuigen, een per regel", witnessesHint: "Elke getuige moet hebben meegetekend.",
      holds: "Dit klopt", wrong: "Dit klopt niet", where: "Waar", log: "Logboek", size: "Regels in het logboek",
      root: "Hash over alle regels", entries: "Nagerekende regels", span: (start, stop) => `${start} tot ${stop}`,
      index: "Regel", kind: "Soort", time: "Tijd (UTC, op de minuut)", promise: "Belofte",
      nothing: "geen", usedKey: "Gebruikte sleutel", unknown: "Niet nagerekende handtekeningen van anderen",
      cosigned: (name, when) => `Getuige ${name} tekende mee op ${when} UTC.`,
      continued: (size) => `Het past bij het logboek van ${size} regels dat u al had.`,
      notYours: "Niet gecontroleerd met een sleutel van u. De sleutel in het bestand is gebruikt: u weet nu alleen dat " +
        "het bestand bij zichzelf past.",
      problems: {
        "damaged": "Het bestand is beschadigd, afgebroken of van een andere soort.",
        "no-json": "De tekst is niet geschreven zoals het hoort.",
        "no-entry": "Een regel heeft niet de vorm van een regel.",
        "no-receipt": "Dit is geen ontvangstbewijs dat deze pagina kent.",
        "no-note": "Dit is geen ondertekend checkpoint.",
        "no-checkpoint": "De ondertekende tekst is geen checkpoint.",
        "no-key": "De sleutel is geen geldige sleutel, of is beschadigd.",
        "key-needed": "Een los checkpoint bevat geen sleutel. Geef de sleutel van de organisatie.",
        "other-key": "De sleutel in het bestand is een andere dan die u gaf. Een ander heeft dit gemaakt.",
        "other-origin": "Het checkpoint is van een ander logboek dan de sleutel.",
        "unknown-signer": "Geen van de sleutels heeft dit ondertekend.",
        "not-signed": "Deze sleutel heeft niet getekend.",
        "false-signature": "Deze handtekening is vals of beschadigd.",
        "other-root": "De hashes geven niet de hash die is ondertekend.",
        "other-hashes": "Deze hashes zijn niet die van het ondertekende logboek.",
        "other-entries": "Deze regels zijn niet die van het ondertekende logboek.",
        "other-range": "Wat erin hoort te zitten past niet bij het logboek.",
        "not-in-log": "Deze regel staat niet zo in het ondertekende logboek.",
        "not-sealed": "Deze waarde is niet wat in de regel is verzegeld.",
        "missing": "Dit ontbreekt in de export.",
        "too-much": "Dit hoort niet in de export.",
        "twice": "Dit zit twee keer in het bestand.",
        "rolled-back": "Het logboek is korter dan het was: er zijn regels verdwenen.",
        "forked": "Er zijn twee logboeken: wat u eerder had, is veranderd.",
        "cannot-tell": "Of dit bij het oudere bestand past, is hieruit niet te zien. Vraag een export.",
        "cannot-tell-part": "Of dit bij het oudere bestand past, is uit dit deel niet te zien. Vraag een export die " +
          "eerder begint.",
        "too-old": "Deze browser kan de handtekening (Ed25519) niet controleren. Neem een nieuwere, of verify.py.",
      },
    },
    en: {
      other: "Nederlands", title: "Check a receipt", file: "The file", check: "Check", more: "Check more",
      what: "Choose a receipt or an export of an organisation that works with Houvast. This page works out whether it " +
        "is right. Nothing leaves this page: you can save it and use it without the internet.",
      fileHint: "A receipt (.json), an export (.zip) or a checkpoint.",
      key: "The organisation's public key",
      keyHint: "A line with two plus signs, which you got by another way. If you leave this empty, the key in the file " +
        "is used.",
      since: "An older file of the same log", busy: "Working it out",
      sinceHint: "Then you see whether the log has only grown since.",
      witnesses: "Keys of witnesses, one a line", witnessesHint: "Each witness must have cosigned.",
      holds: "This is right", wrong: "This is not right", where: "Where", log: "Log", size: "Entries in the log",
      root: "Hash over all entries", entries: "Entries checked", span: (start, stop) => `${start} up to ${stop}`,
      index: "Entry", kind: "Kind", time: "Time (UTC, to the minute)", promise: "Promise",
      nothing: "none", usedKey: "Key used", unknown: "Signatures of others, not checked",
      cosigned: (name, when) => `Witness ${name} cosigned at ${when} UTC.`,
      continued: (size) => `It goes with the log of ${size} entries that you had.`,
      notYours: "Not checked against a key of yours. The key in the file was used: you only know that the file agrees " +
        "with itself.",
      problems: {
        "damaged": "The file is damaged, cut off or of another kind.",
        "no-json": "The text is not written as it must be.",
        "no-entry": "An entry does not have the form of an entry.",
        "no-receipt": "This is no receipt that this page knows.",
        "no-note": "This is no signed checkpoint.",
        "no-checkpoint": "The text that was signed is no checkpoint.",
        "no-key": "The key is no valid key, or is damaged.",
        "key-needed": "A checkpoint on its own holds no key. Give the organisation's key.",
        "other-key": "The key in the file is another than the one you gave. Somebody else made this.",
        "other-origin": "The checkpoint is of another log than the key.",
        "unknown-signer": "None of the keys signed this.",
        "not-signed": "This key has not signed.",
        "false-signature": "This signature is false or damaged.",
        "other-root": "The hashes do not give the hash that was signed.",
        "other-hashes": "These hashes are not those of the log that was signed.",
        "other-entries": "These entries are not those of the log that was signed.",
        "other-range": "What should be in it does not fit the log.",
        "not-in-log": "This entry does not stand so in the log that was signed.",
        "not-sealed": "This value is not what the entry sealed.",
        "missing": "This is missing from the export.",
        "too-much": "This does not belong in the export.",
        "twice": "This is in the file twice.",
        "rolled-back": "The log is shorter than it was: entries have gone.",
        "forked": "There are two logs: what you had before was changed.",
        "cannot-tell": "Whether this goes with the older file cannot be seen from it. Ask for an export.",
        "cannot-tell-part": "Whether this goes with the older file cannot be seen from this part. Ask for an export " +
          "that begins earlier.",
        "too-old": "This browser cannot check the signature (Ed25519). Take a newer one, or verify.py.",
      },
    },
  };

  const by = (id) => document.getElementById(id);
  const NAMES = JSON.parse(by("form").dataset.names);
  let language = "nl";
  let told = null;

  function speak(now) {
    language = now;
    for (const place of document.querySelectorAll("[data-word]")) place.textContent = WORDS[now][place.dataset.word];
    if (told) tell(told);
  }

  /** In a page of its own: the title and the button follow the language too. */
  function speakAlone(now) {
    document.documentElement.lang = now;
    document.title = WORDS[now].title;
    by("language").textContent = WORDS[now].other;
    by("language").lang = now === "nl" ? "en" : "nl";
    speak(now);
  }

  function made(name, text, kind) {
    const element = document.createElement(name);
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  function facts(pairs) {
    const list = document.createElement("dl");
    for (const [term, value, code] of pairs) {
      const place = document.createElement("dd");
      place.append(code ? made("code", value) : String(value));
      list.append(made("dt", term), place);
    }
    return list;
  }

  function tell(answer) {
    told = answer;
    const words = WORDS[language];
    const said = by("said");
    by("answer").dataset.state = answer.found ? "holds" : "wrong";
    by("verdict").textContent = answer.found ? words.holds : words.wrong;
    said.replaceChildren(...(answer.found ? holds(answer.found, words) : wrong(answer, words)));
    by("answer").hidden = false;
  }

  function wrong({code, where}, words) {
    const text = made("p", words.problems[code]);
    return where ? [text, facts([[words.where, where, true]])] : [text];
  }

  function holds(found, words) {
    const parts = [];
    if (!found.checked_key) parts.push(made("p", words.notYours, "warning"));
    const pairs = [[words.log, found.origin], [words.size, found.size]];
    if (found.kind === "export") {
      pairs.push([words.entries, words.span(found.start, found.stop)]);
      pairs.push(...Object.entries(found.kinds).sort().map(([kind, count]) => [named("kinds", kind), count]));
    }
    if (found.entry) pairs.push(...entryFacts(found, words));
    pairs.push([words.root, found.root, true], [words.usedKey, found.key, true]);
    if (found.unknown) pairs.push([words.unknown, found.unknown]);
    parts.push(facts(pairs));
    for (const [name, when] of Object.entries(found.witnesses)) parts.push(made("p", words.cosigned(name, plain(when))));
    if (found.since !== null) parts.push(made("p", words.continued(found.since)));
    return parts;
  }

  function entryFacts({entry, start, opened}, words) {
    const value = (one) => (typeof one === "string" ? one : houvast.canonical(one));
    return [
      [words.index, start], [words.kind, named("kinds", entry.kind)],
      [words.time, entry.time.slice(0, 16).replace("T", " ")], [words.promise, entry.promise || words.nothing],
      ...Object.entries({...entry.body, ...opened}).map(([name, one]) => [named("fields", name), value(one)]),
    ];
  }

  /** What a kind or field is called, with the name that stands in the file; that alone where this page is older. */
  function named(part, name) {
    const names = NAMES[language][part];
    return Object.hasOwn(names, name) ? `${names[name]} (${name})` : name;
  }

  const plain = (when) => when.toISOString().slice(0, 19).replace("T", " ");

  function failure(error) {
    if (error instanceof houvast.Invalid) return {code: error.code, where: error.where};
    return {code: error.name === "NotSupportedError" || !globalThis.crypto?.subtle ? "too-old" : "damaged", where: ""};
  }

  async function check(event) {
    event.preventDefault();
    by("busy").hidden = false;
    by("answer").hidden = true;
    by("progress").removeAttribute("value");
    let answer;
    try {
      const found = await houvast.verify(by("file").files[0], {
        key: by("key").value.trim() || null,
        since: by("since").files[0] ?? null,
        witnesses: by("witnesses").value.split("\n").map((one) => one.trim()).filter(Boolean),
        progress: (done, whole) => { by("progress").value = done / whole; },
      });
      answer = {found};
    } catch (error) {
      answer = failure(error);
    }
    by("busy").hidden = true;
    tell(answer);
    by("answer").focus();
  }

  by("form").addEventListener("submit", check);
  by("form").hidden = false;
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  if (by("language")) {
    by("language").addEventListener("click", () => speakAlone(language === "nl" ? "en" : "nl"));
    speakAlone(asked.startsWith("nl") ? "nl" : "en");
  } else {
    speak(document.documentElement.lang);
  }
})();
