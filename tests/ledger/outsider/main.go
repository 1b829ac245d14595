// SPDX-License-Identifier: EUPL-1.2

// An outsider's auditor: it knows the public formats (c2sp.org/tlog-tiles, tlog-checkpoint, signed-note) by Go's own library for
// transparency logs, and nothing of Rollkeeper. It checks the signature, every tile, every leaf against its hash in the tree and, given
// an older checkpoint, that the tree only grew. It prints what it counted, or what is wrong, and exits with 1.
//
//	outsider FOLDER VKEY [OLDER-CHECKPOINT]
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

var hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)
var day = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

type leaf struct {
	Class string `json:"class"`
	Day   string `json:"day"`
	Root  string `json:"root"`
	V     int    `json:"v"`
}

// folder reads tiles as C2SP names them: the same as Go's, without the height in the path.
type folder string

func (f folder) Height() int                             { return height }
func (f folder) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := f.tile(strconv.Itoa(tile.L), tile.N, tile.W)
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", tile.Path(), len(data))
		}
		read = append(read, data)
	}
	return read, nil
}

func (f folder) tile(level string, n int64, w int) ([]byte, error) {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if w < width {
		name = fmt.Sprintf("%s.p/%d", name, w)
	}
	return os.ReadFile(filepath.Join(string(f), "tile", level, filepath.FromSlash(name)))
}

func signed(raw []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("this is no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func entries(f folder, n int64, w int) ([][]byte, error) {
	data, err := f.tile("entries", n, w)
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d breaks off", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		found = append(found, data[2:end])
		data = data[end:]
	}
	if len(found) != w {
		return nil, fmt.Errorf("bundle %d has %d entries instead of %d", n, len(found), w)
	}
	return found, nil
}

func read(one []byte) (leaf, error) {
	var said leaf
	decoder := json.NewDecoder(bytes.NewReader(one))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&said); err != nil {
		return said, err
	}
	again, _ := json.Marshal(said)
	if !bytes.Equal(again, one) || !hex64.MatchString(said.Root) || !day.MatchString(said.Day) || said.V != 2 {
		return said, fmt.Errorf("a leaf says more or other than class, day and root: %s", one)
	}
	return said, nil
}

func audit(where string, vkey string, older string) (map[string]any, error) {
	f := folder(where)
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(where, "checkpoint"))
	if err != nil {
		return nil, err
	}
	tree, err := signed(raw, verifier)
	if err != nil {
		return nil, err
	}
	hashes := tlog.TileHashReader(tree, f)
	classes := map[string]int{}
	for first := int64(0); first < tree.N; first += width {
		w := int(min(width, tree.N-first))
		found, err := entries(f, first/width, w)
		if err != nil {
			return nil, err
		}
		var indexes []int64
		for i := range found {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		stored, err := hashes.ReadHashes(indexes)
		if err != nil {
			return nil, err
		}
		for i, one := range found {
			if tlog.RecordHash(one) != stored[i] {
				return nil, fmt.Errorf("entry %d is not the one in the tree", first+int64(i))
			}
			said, err := read(one)
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", first+int64(i), err)
			}
			classes[said.Class]++
		}
	}
	result := map[string]any{"size": tree.N, "root": tree.Hash.String(), "classes": classes}
	if older != "" {
		kept, err := os.ReadFile(older)
		if err != nil {
			return nil, err
		}
		before, err := signed(kept, verifier)
		if err != nil {
			return nil, err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, hashes)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
		}
		if err != nil {
			return nil, err
		}
		result["grown_from"] = before.N
	}
	return result, nil
}

func main() {
	older := ""
	if len(os.Args) > 3 {
		older = os.Args[3]
	}
	result, err := audit(os.Args[1], os.Args[2], older)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	said, _ := json.Marshal(result)
	fmt.Println(string(said))
}
