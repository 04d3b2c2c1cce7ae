// Says of each checkpoint, proof and log on standard input whether Go's own transparency-log library accepts it.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"check/note"
	"check/tlog"
)

type record struct {
	Proof []tlog.Hash
	Size  int64
	Root  tlog.Hash
	Index int64
	Entry []byte
}

type tree struct {
	Proof   []tlog.Hash
	Size    int64
	Root    tlog.Hash
	Old     int64
	OldRoot tlog.Hash
}

type questions struct {
	Key      string
	Witness  string
	Notes    []string
	Cosigned []string
	Records  []record
	Trees    []tree
	Logs     []string
}

type answers struct {
	Notes    []string
	Cosigned []string
	Records  []string
	Trees    []string
	Logs     []string
}

func main() {
	var asked questions
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var said answers
	for _, one := range asked.Notes {
		_, err := checkpoint(asked.Key, []byte(one))
		said.Notes = append(said.Notes, word(err))
	}
	for _, one := range asked.Cosigned {
		said.Cosigned = append(said.Cosigned, word(cosigned(asked.Witness, []byte(one))))
	}
	for _, one := range asked.Records {
		err := tlog.CheckRecord(one.Proof, one.Size, one.Root, one.Index, tlog.RecordHash(one.Entry))
		said.Records = append(said.Records, word(err))
	}
	for _, one := range asked.Trees {
		said.Trees = append(said.Trees, word(tlog.CheckTree(one.Proof, one.Size, one.Root, one.Old, one.OldRoot)))
	}
	for _, one := range asked.Logs {
		said.Logs = append(said.Logs, word(log(asked.Key, one)))
	}
	json.NewEncoder(os.Stdout).Encode(said)
}

func word(err error) string {
	if err != nil {
		return err.Error()
	}
	return "accepted"
}

// checkpoint opens a C2SP checkpoint: origin, size, root.
func checkpoint(key string, message []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// witness verifies a C2SP cosignature/v1, which Go's library passes over.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (one witness) Name() string { return one.name }

func (one witness) KeyHash() uint32 { return one.hash }

func (one witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(one.key, append([]byte(head), text...), signature[8:])
}

// cosigned checks that a witness, whose key is name+hash+base64, has cosigned a checkpoint.
func cosigned(key string, message []byte) error {
	parts := strings.SplitN(key, "+", 3)
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(data) != 33 || data[0] != 4 {
		return fmt.Errorf("not the key of a witness")
	}
	_, err = note.Open(message, note.VerifierList(witness{parts[0], uint32(hash), data[1:]}))
	return err
}

// tiles reads the tiles of a folder, which lie where C2SP says: as Go's, without the height.
type tiles string

func (folder tiles) Height() int { return 8 }

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, one := range wanted {
		data, err := os.ReadFile(filepath.Join(string(folder), strings.Replace(one.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// log checks a whole log: its checkpoint, every tile, and every entry.
func log(key, folder string) error {
	message, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	signed, err := checkpoint(key, message)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(signed, tiles(folder))
	for start := int64(0); start < signed.N; start += 256 {
		entries, err := bundle(folder, start/256, signed.N-start)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, start+int64(i))})
			if err != nil {
				return err
			}
			if hashes[0] != tlog.RecordHash(entry) {
				return fmt.Errorf("entry %d is not what the log signed", start+int64(i))
			}
		}
	}
	return nil
}

func bundle(folder string, number, left int64) ([][]byte, error) {
	tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
	if left < 256 {
		tile.W = int(left)
	}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(folder, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(data[0])<<8 | int(data[1])
		if len(data) < 2+length {
			break
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) > 0 || len(entries) != tile.W {
		return nil, fmt.Errorf("%s is not a bundle of %d entries", path, tile.W)
	}
	return entries, nil
}
