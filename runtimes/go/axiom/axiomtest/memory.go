package axiomtest

import (
	"fmt"
	"sort"
	"strings"
	"sync"

	"package.name/axiom"
)

// Memory is a memory in the test's own process, with none of the limits. It finds whole words.
type Memory struct {
	mu      sync.Mutex
	turns   []axiom.Turn
	entries []axiom.Entry
	ended   map[string]bool
}

// Turns gives all turns, oldest first.
func (m *Memory) Turns() []axiom.Turn {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]axiom.Turn(nil), m.turns...)
}

// Entries gives all entries, oldest first.
func (m *Memory) Entries() []axiom.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]axiom.Entry(nil), m.entries...)
}

func (m *Memory) Append(session string, turn axiom.Turn) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended[session] {
		return "", &axiom.Refusal{Code: "ended", Message: "The session has ended."}
	}
	turn.ID = fmt.Sprintf("turn-%d", len(m.turns)+1)
	m.turns = append(m.turns, turn)
	return turn.ID, nil
}

func (m *Memory) Last(session string, n int) ([]axiom.Turn, error) {
	var found []axiom.Turn
	for _, turn := range m.Turns() {
		if turn.SessionID == session {
			found = append(found, turn)
		}
	}
	if len(found) > n {
		found = found[len(found)-n:]
	}
	return found, nil
}

func (m *Memory) End(session string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended == nil {
		m.ended = map[string]bool{}
	}
	m.ended[session] = true
	return nil
}

func (m *Memory) Write(session, content string, importance float64) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := fmt.Sprintf("entry-%d", len(m.entries)+1)
	m.entries = append(m.entries, axiom.Entry{ID: id, Content: content, SessionID: session, Importance: importance})
	return id, nil
}

func (m *Memory) Search(session, query string, limit int) ([]axiom.Entry, error) {
	asked := strings.Fields(strings.ToLower(query))
	var found []axiom.Entry
	for _, entry := range m.Entries() {
		have := map[string]bool{}
		for _, word := range strings.Fields(strings.ToLower(entry.Content)) {
			have[word] = true
		}
		for _, word := range asked {
			if have[word] {
				entry.Score += 1 / float64(len(asked))
			}
		}
		if entry.Score > 0 && (entry.SessionID == "" || entry.SessionID == session) {
			found = append(found, entry)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Score > found[j].Score })
	if len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}
