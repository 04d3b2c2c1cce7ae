// Checks a receipt, an export or a checkpoint of a Houvast log in the browser: offline, with what browsers have.
// The same checks as verify.py, in the same order; docs/life/evidence-entry.md tells the formats.
"use strict";

const houvast = (() => {
  const WIDTH = 256;
  const MOST = 1 << 20;
  const LOG = 1;
  const WITNESS = 4;
  const FILES = ["README.txt", "checkpoint", "key", "range.json", "verify.py"];
  const TOKEN = /^timestamps\/([1-9][0-9]{0,14})\.tsr$/;
  const BASE64 = "[A-Za-z0-9+/=]";
  const NOTE = new RegExp(`^((?:[^\\x00-\\x1f]*\\n)+)\\n((?:— [^\\x00- +]+ ${BASE64}+\\n)+)$`);
  const CHECKPOINT = new RegExp(`^([^\\n]+)\\n(0|[1-9][0-9]{0,14})\\n(${BASE64}{44})\\n$`);
  const PROOF = new RegExp(
    `^c2sp\\.org/tlog-proof@v1\\nindex (0|[1-9][0-9]{0,14})\\n((?:${BASE64}{44}\\n){0,63})\\n([^]*)$`);
  const RECEIPT = {houvast: "string", entry: "string", opened: "object", proof: "string", key: "string"};
  const RANGE = {from: "number", to: "number", size: "number"};
  const ENTRY = {v: "number", kind: "string", time: "string", nonce: "string", promise: "string", body: "object",
                 sealed: "object"};
  const HEAD = /^[a-z_]{1,64} \d{4}-\d\d-\d\dT\d\d:\d\d:00Z [0-9a-f]{32} [A-Za-z0-9._-]{0,64}$/;
  const SEALED = /^[A-Za-z0-9_-]{43}$/;

  /** What does not hold: a code that the page has words for, and where in the file. */
  class Invalid extends Error {
    constructor(code, where = "") {
      super(`${where}: ${code}`);
      this.code = code;
      this.where = where;
    }
  }

  const encoder = new TextEncoder();
  const bytesOf = (text) => encoder.encode(text);

  function textOf(bytes, where) {
    try {
      return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
    } catch {
      throw new Invalid("damaged", where);
    }
  }

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let place = 0;
    for (const part of parts) {
      whole.set(part, place);
      place += part.length;
    }
    return whole;
  }

  const equal = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

  function base64(bytes) {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }

  /** The bytes of base64, and null for anything but the one way of writing them. */
  function unbase64(text) {
    try {
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      return base64(bytes) === text ? bytes : null;
    } catch {
      return null;
    }
  }

  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const leafHash = (data) => sha256(joined([0], data));
  const nodeHash = (left, right) => sha256(joined([1], left, right));

  // --- the tree -----------------------------------------------------------------------------------------------------

  async function root(hashes) {
    let level = hashes.length ? hashes : [await sha256(new Uint8Array())];
    while (level.length > 1) {
      const pairs = [];
      for (let i = 0; i + 1 < level.length; i += 2) pairs.push(nodeHash(level[i], level[i + 1]));
      const odd = level.length % 2 ? [level[level.length - 1]] : [];
      level = [...(await Promise.all(pairs)), ...odd];
    }
    return level[0];
  }

  /** The root over the first `size` leaves; read(level, index) gives the hash of a complete subtree. */
  async function rootOf(size, read) {
    const pieces = [];
    for (let start = 0; start < size;) {
      let level = 0;
      while (2 ** (level + 1) <= size - start) level += 1;
      pieces.push(await read(level, start / 2 ** level));
      start += 2 ** level;
    }
    let whole = pieces.length ? pieces.pop() : await root([]);
    while (pieces.length) whole = await nodeHash(pieces.pop(), whole);
    return whole;
  }

  async function verifyInclusion(leaf, index, size, proof, expected) {
    let [node, last, found] = [index, size - 1, leaf];
    for (const sibling of proof) {
      if (last === 0) return false;
      if (node % 2 === 1 || node === last) {
        found = await nodeHash(sibling, found);
        while (node && node % 2 === 0) [node, last] = [node / 2, Math.floor(last / 2)];
      } else {
        found = await nodeHash(found, sibling);
      }
      [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    }
    return index >= 0 && index < size && last === 0 && equal(found, expected);
  }

  // --- tiles --------------------------------------------------------------------------------------------------------

  function path(folder, number, width) {
    const groups = [String(number % 1000).padStart(3, "0")];
    for (let left = Math.floor(number / 1000); left; left = Math.floor(left / 1000)) {
      groups.unshift("x" + String(left % 1000).padStart(3, "0"));
    }
    return `tile/${folder}/${groups.join("/")}` + (width < WIDTH ? `.p/${width}` : "");
  }

  const count = (size, level) => Math.floor(size / WIDTH ** level);
  const widthOf = (size, level, number) => Math.min(WIDTH, count(size, level) - WIDTH * number);
  const edge = (size) => [0, 1, 2, 3, 4, 5, 6, 7].filter((level) => count(size, level) % WIDTH);

  function files(size, start, stop) {
    const found = new Set(edge(size).map(
      (level) => path(level, count(size, level + 1), count(size, level) % WIDTH)));
    for (const bundle of bundles(start, stop)) {
      found.add(path("entries", bundle, widthOf(size, 0, bundle)));
      for (let level = 0, number = bundle; widthOf(size, level, number) === WIDTH; level += 1) {
        found.add(path(level, number, WIDTH));
        number = Math.floor(number / WIDTH);
      }
    }
    return found;
  }

  function* bundles(start, stop) {
    for (let number = start / WIDTH; number * WIDTH < stop; number += 1) yield number;
  }

  function split(data, where) {
    const entries = [];
    for (let place = 0; place < data.length;) {
      const stop = place + 2 + data[place] * 256 + data[place + 1];
      if (!(stop <= data.length)) throw new Invalid("damaged", where);
      entries.push(data.subarray(place + 2, stop));
      place = stop;
    }
    return entries;
  }

  /** The hashes of a log with this root; each tile is checked, up to the root, when it is read. */
  class Hashes {
    static async open(read, size, expected) {
      const made = new Hashes();
      Object.assign(made, {read, size, last: new Map(), edge: new Map()});
      for (const level of edge(size)) made.edge.set(level, await made.load(level, count(size, level + 1)));
      const found = await rootOf(size, (level, index) => made.subtree(level, index));
      if (!equal(found, expected)) throw new Invalid("other-root", "checkpoint");
      return made;
    }

    async tile(level, number) {
      if (widthOf(this.size, level, number) < WIDTH) return this.edge.get(level);
      if (this.last.get(level)?.number !== number) {
        const hashes = await this.load(level, number);
        const above = await this.tile(level + 1, Math.floor(number / WIDTH));
        if (!equal(await root(hashes), above[number % WIDTH])) {
          throw new Invalid("other-hashes", path(level, number, WIDTH));
        }
        this.last.set(level, {number, hashes});
      }
      return this.last.get(level).hashes;
    }

    async subtree(level, index) {
      const first = index * 2 ** (level % 8);
      const hashes = await this.tile(Math.floor(level / 8), Math.floor(first / WIDTH));
      return root(hashes.slice(first % WIDTH, first % WIDTH + 2 ** (level % 8)));
    }

    async load(level, number) {
      const width = widthOf(this.size, level, number);
      const name = path(level, number, width);
      const data = await this.read(name);
      if (data.length !== 32 * width) throw new Invalid("damaged", name);
      return Array.from({length: width}, (_, i) => data.subarray(32 * i, 32 * i + 32));
    }
  }

  // --- keys, notes, checkpoints -------------------------------------------------------------------------------------

  const withoutNewline = (text) => (text.endsWith("\n") ? text.slice(0, -1) : text);

  async function keyFrom(given) {
    const text = withoutNewline(given);
    const plus = text.indexOf("+");
    const name = text.slice(0, Math.max(plus, 0));
    const bytes = unbase64(text.slice(plus + 10)) ?? new Uint8Array();
    if (!name || bytes.length !== 33 || ![LOG, WITNESS].includes(bytes[0])) throw new Invalid("no-key", "key");
    const id = (await sha256(joined(bytesOf(name + "\n"), bytes))).slice(0, 4);
    const hex = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (`${name}+${hex}+${base64(bytes)}` !== text) throw new Invalid("no-key", "key");
    const usable = await crypto.subtle.importKey("raw", bytes.slice(1), "Ed25519", false, ["verify"]);
    return {name, id, kind: bytes[0], text, usable};
  }

  /** When the text was cosigned (null: a log does not say). Undefined when the signature is false. */
  async function accepts(key, text, signature) {
    const stamp = signature.slice(0, -64);
    if (signature.length !== (key.kind === WITNESS ? 72 : 64)) return undefined;
    const seconds = stamp.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const signed = stamp.length ? `cosignature/v1\ntime ${seconds}\n${text}` : text;
    const good = await crypto.subtle.verify("Ed25519", key.usable, signature.slice(-64), bytesOf(signed));
    if (!good || seconds > 253402300799n) return undefined;
    return stamp.length ? new Date(Number(seconds) * 1000) : null;
  }

  async function openNote(note, keys) {
    const shape = NOTE.exec(note);
    if (!shape) throw new Invalid("no-note", "checkpoint");
    const signedBy = new Map();
    let unknown = 0;
    for (const line of shape[2].split("\n").slice(0, -1)) {
      const [, name, encoded] = line.split(" ");
      const data = unbase64(encoded);
      if (!data) throw new Invalid("false-signature", name);
      const known = keys.filter((key) => key.name === name && equal(key.id, data.slice(0, 4)));
      for (const key of known) {
        const when = await accepts(key, shape[1], data.slice(4));
        if (when === undefined) throw new Invalid("false-signature", name);
        signedBy.set(key.text, when);
      }
      unknown += known.length ? 0 : 1;
    }
    if (!signedBy.size) throw new Invalid("unknown-signer", "checkpoint");
    return {text: shape[1], signedBy, unknown};
  }

  // --- JSON in its one way of writing -------------------------------------------------------------------------------

  function canonical(value) {
    if (value === null || typeof value === "boolean") return String(value);
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
    if (typeof value === "string" && !/\p{Surrogate}/u.test(value)) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value !== "object") throw new Invalid("no-json");
    const names = Object.keys(value).sort();
    if (!names.every((name) => /^[\x00-\x7f]*$/.test(name))) throw new Invalid("no-json");
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }

  function readJson(text, where, shape) {
    let found;
    try {
      found = JSON.parse(text);
      if (canonical(found) !== text) throw new Invalid("no-json");
    } catch {
      throw new Invalid("no-json", where);
    }
    const kindOf = (value) => (value === null || Array.isArray(value) ? "other" : typeof value);
    const names = Object.keys(shape).sort().join();
    if (kindOf(found) !== "object" || Object.keys(found).sort().join() !== names ||
        Object.entries(shape).some(([name, kind]) => kindOf(found[name]) !== kind)) {
      throw new Invalid("no-json", where);
    }
    return found;
  }

  function readEntry(bytes, where) {
    const entry = readJson(textOf(bytes, where), where, ENTRY);
    const sealed = Object.values(entry.sealed);
    if (bytes.length >= 65536 || entry.v !== 1 || !HEAD.test(`${entry.kind} ${entry.time} ${entry.nonce} ${entry.promise}`) ||
        !sealed.every((one) => typeof one === "string" && SEALED.test(one))) {
      throw new Invalid("no-entry", where);
    }
    return entry;
  }

  // --- files --------------------------------------------------------------------------------------------------------

  async function bytesIn(blob, start, stop) {
    if (!(start >= 0 && start <= stop && stop <= blob.size)) throw new Invalid("damaged", "zip");
    return new Uint8Array(await blob.slice(start, stop).arrayBuffer());
  }

  function number(bytes, place, length) {
    let found = 0;
    for (let i = length - 1; i >= 0; i -= 1) found = found * 256 + bytes[place + i];
    return found;
  }

  function find(bytes, signature) {
    for (let i = bytes.length - 4; i >= 0; i -= 1) if (number(bytes, i, 4) === signature) return i;
    throw new Invalid("damaged", "zip");
  }

  /** A zip file, read in pieces: the list at its end, then one file at a time. */
  class Zip {
    static async open(blob) {
      const made = new Zip();
      Object.assign(made, {blob, places: new Map()});
      const from = Math.max(0, blob.size - 65557);
      const end = await bytesIn(blob, from, blob.size);
      const at = find(end, 0x06054b50);
      let [files, size, start] = [number(end, at + 10, 2), number(end, at + 12, 4), number(end, at + 16, 4)];
      if (start === 0xffffffff || files === 0xffff || size === 0xffffffff) {
        const large = await bytesIn(blob, number(end, find(end, 0x07064b50) + 8, 8), from + at);
        if (number(large, 0, 4) !== 0x06064b50) throw new Invalid("damaged", "zip");
        [files, size, start] = [number(large, 32, 8), number(large, 40, 8), number(large, 48, 8)];
      }
      const list = await bytesIn(blob, start, start + size);
      let place = 0;
      for (; files > 0; files -= 1) place = made.remember(list, place);
      if (place !== list.length) throw new Invalid("damaged", "zip");
      return made;
    }

    remember(list, place) {
      if (number(list, place, 4) !== 0x02014b50) throw new Invalid("damaged", "zip");
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => number(list, place + at, 2));
      const name = textOf(list.subarray(place + 46, place + 46 + nameLength), "zip");
      const found = {
        flags: number(list, place + 8, 2), method: number(list, place + 10, 2), crc: number(list, place + 16, 4),
        packed: number(list, place + 20, 4), size: number(list, place + 24, 4), at: number(list, place + 42, 4),
      };
      let extra = place + 46 + nameLength;
      const stop = extra + extraLength;
      for (; extra + 4 <= stop; extra += 4 + number(list, extra + 2, 2)) {
        if (number(list, extra, 2) !== 1) continue;
        let value = extra + 4;
        for (const field of ["size", "packed", "at"]) {
          if (found[field] !== 0xffffffff) continue;
          found[field] = number(list, value, 8);
          value += 8;
        }
      }
      if (this.places.has(name)) throw new Invalid("twice", name);
      this.places.set(name, found);
      return stop + commentLength;
    }

    async read(name) {
      const found = this.places.get(name);
      if (!found) throw new Invalid("missing", name);
      if (found.size > (name.startsWith("tile/entries/") ? WIDTH * 65537 : MOST)) throw new Invalid("damaged", name);
      const head = await bytesIn(this.blob, found.at, found.at + 30);
      if (number(head, 0, 4) !== 0x04034b50 || found.flags & 0x41 || ![0, 8].includes(found.method)) {
        throw new Invalid("damaged", name);
      }
      const at = found.at + 30 + number(head, 26, 2) + number(head, 28, 2);
      const stored = textOf(await bytesIn(this.blob, found.at + 30, found.at + 30 + number(head, 26, 2)), name);
      const packed = await bytesIn(this.blob, at, at + found.packed);
      const data = found.method ? await unpacked(packed, found.size, name) : packed;
      if (stored !== name || data.length !== found.size || crc32(data) !== found.crc) {
        throw new Invalid("damaged", name);
      }
      return data;
    }
  }

  async function unpacked(packed, size, where) {
    const parts = [];
    let length = 0;
    try {
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      const reader = stream.getReader();
      for (let {done, value} = await reader.read(); !done; {done, value} = await reader.read()) {
        parts.push(value);
        length += value.length;
        if (length > size) throw new Invalid("damaged", where);
      }
    } catch {
      throw new Invalid("damaged", where);
    }
    return joined(...parts);
  }

  const CRC = Uint32Array.from({length: 256}, (_, start) => {
    let value = start;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });

  function crc32(bytes) {
    let value = 0xffffffff;
    for (const byte of bytes) value = CRC[(value ^ byte) & 255] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
  }

  // --- what was given -----------------------------------------------------------------------------------------------

  async function sourceOf(blob) {
    const start = await bytesIn(blob, 0, Math.min(blob.size, MOST + 1));
    if (start[0] === 0x50 && start[1] === 0x4b) {
      const zip = await Zip.open(blob);
      const [note, key] = [await zip.read("checkpoint"), await zip.read("key")];
      return {kind: "export", zip, note: textOf(note, "checkpoint"), key: textOf(key, "key")};
    }
    if (start.length > MOST) throw new Invalid("damaged");
    const text = textOf(start, "");
    if (!text.startsWith("{")) return {kind: "checkpoint", note: text, key: null};
    const receipt = readJson(withoutNewline(text), "receipt", RECEIPT);
    const proof = PROOF.exec(receipt.proof);
    if (receipt.houvast !== "receipt/1" || !proof) throw new Invalid("no-receipt", "receipt");
    return {kind: "receipt", receipt, note: proof[3], key: receipt.key, index: Number(proof[1]), path: proof[2]};
  }

  async function headOf(source, key, witnesses) {
    const text = key ?? source.key;
    if (!text) throw new Invalid("key-needed", "key");
    if (source.key !== null && withoutNewline(source.key) !== withoutNewline(text)) {
      throw new Invalid("other-key", "key");
    }
    const log = await keyFrom(text);
    const asked = await Promise.all(witnesses.map(keyFrom));
    const opened = await openNote(source.note, [log, ...asked]);
    const shape = CHECKPOINT.exec(opened.text);
    const hash = shape && unbase64(shape[3]);
    if (!hash) throw new Invalid("no-checkpoint", "checkpoint");
    if (!opened.signedBy.has(log.text) || log.kind !== LOG) throw new Invalid("not-signed", log.name);
    for (const one of asked) {
      if (!opened.signedBy.has(one.text) || one.kind !== WITNESS) throw new Invalid("not-signed", one.name);
    }
    if (shape[1] !== log.name) throw new Invalid("other-origin", "checkpoint");
    return {
      kind: source.kind, origin: shape[1], size: Number(shape[2]), root: shape[3], key: log.text,
      checked_key: key !== null, unknown: opened.unknown, start: 0, stop: 0, kinds: {}, entry: null, opened: {},
      since: null, witnesses: Object.fromEntries(asked.map((one) => [one.name, opened.signedBy.get(one.text)])),
    };
  }

  async function checkReceipt(source, head) {
    const data = bytesOf(source.receipt.entry);
    const entry = readEntry(data, "entry");
    const proof = source.path.split("\n").slice(0, -1).map(unbase64);
    const holds = proof.every(Boolean) &&
      (await verifyInclusion(await leafHash(data), source.index, head.size, proof, unbase64(head.root)));
    if (!holds) throw new Invalid("not-in-log", "proof");
    const opened = new Map();
    for (const [name, opening] of Object.entries(source.receipt.opened)) {
      const whole = opening && typeof opening === "object" && Object.keys(opening).sort().join() === "salt,value";
      const salt = whole && typeof opening.salt === "string" && SEALED.test(opening.salt) && fromUrl(opening.salt);
      const sealed = Object.hasOwn(entry.sealed, name) && entry.sealed[name];
      if (!salt || (await commitment(salt, opening.value)) !== sealed) throw new Invalid("not-sealed", name);
      opened.set(name, opening.value);
    }
    return {...head, start: source.index, stop: source.index + 1, kinds: {[entry.kind]: 1}, entry,
            opened: Object.fromEntries(opened)};
  }

  const fromUrl = (text) => unbase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=");

  async function commitment(salt, value) {
    const key = await crypto.subtle.importKey("raw", salt, {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    const code = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(canonical(value))));
    return base64(code).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  }

  async function checkExport(zip, head, progress) {
    const range = textOf(await zip.read("range.json"), "range.json");
    const {from, to, size} = readJson(withoutNewline(range), "range.json", RANGE);
    const whole = from % WIDTH === 0 && (to % WIDTH === 0 || to === size);
    if (size !== head.size || !(0 <= from && from <= to && to <= size) || !whole) throw new Invalid("other-range", "range.json");
    const expected = new Set([...FILES, ...files(size, from, to)]);
    for (const name of expected) if (!zip.places.has(name)) throw new Invalid("missing", name);
    const stamped = (name) => Number(TOKEN.exec(name)?.[1] ?? Infinity) <= size;
    for (const name of zip.places.keys()) if (!expected.has(name) && !stamped(name)) throw new Invalid("too-much", name);
    for (const name of ["README.txt", "verify.py"]) {
      if (!(await zip.read(name)).length) throw new Invalid("missing", name);
    }
    const hashes = await Hashes.open((name) => zip.read(name), size, unbase64(head.root));
    const kinds = new Map();
    for (const bundle of bundles(from, to)) {
      const leaves = await hashes.tile(0, bundle);
      const name = path("entries", bundle, leaves.length);
      const entries = split(await zip.read(name), name);
      const found = await Promise.all(entries.map(leafHash));
      if (found.length !== leaves.length || !found.every((one, i) => equal(one, leaves[i]))) {
        throw new Invalid("other-entries", name);
      }
      entries.forEach((data, i) => {
        const {kind} = readEntry(data, `entry ${bundle * WIDTH + i}`);
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      });
      progress(Math.min(to, (bundle + 1) * WIDTH) - from, to - from);
    }
    return {...head, start: from, stop: to, kinds: Object.fromEntries(kinds)};
  }

  /** That the larger of two logs begins with the smaller; zip is the larger one's export. */
  async function checkGrowth(found, old, zip) {
    let same = found.root === old.root;
    if (found.size !== old.size) {
      if (!zip) throw new Invalid("cannot-tell", "since");
      const [small, large] = [found, old].sort((one, other) => one.size - other.size);
      const hashes = await Hashes.open((name) => zip.read(name), large.size, unbase64(large.root));
      try {
        same = equal(await rootOf(small.size, (level, index) => hashes.subtree(level, index)), unbase64(small.root));
      } catch (error) {
        throw error.code === "missing" ? new Invalid("cannot-tell-part", "since") : error;
      }
    }
    if (!same) throw new Invalid("forked", "since");
  }

  /**
   * Check a receipt, an export or a bare checkpoint.
   *
   * file, since: Blobs. key: the log's verifier key, or null to use the one inside. witnesses: keys who must have
   * cosigned. progress(done, whole): entries of an export. Throws Invalid.
   */
  async function verify(file, {key = null, since = null, witnesses = [], progress = () => {}} = {}) {
    const source = await sourceOf(file);
    const head = await headOf(source, key, witnesses);
    let found = head;
    if (source.zip) found = await checkExport(source.zip, head, progress);
    if (source.receipt) found = await checkReceipt(source, head);
    if (since) {
      const before = await sourceOf(since);
      const old = await headOf(before, found.key, []);
      if (old.size > found.size && source.kind !== "receipt") throw new Invalid("rolled-back", "since");
      await checkGrowth(found, old, (old.size > found.size ? before : source).zip);
      found = {...found, since: old.size};
    }
    return found;
  }

  return {verify, Invalid, canonical};
})();
