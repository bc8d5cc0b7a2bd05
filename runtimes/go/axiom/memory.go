package axiom

// Agent is what a flow has beside its nodes.
type Agent interface {
	// Memory is what the flow remembers from run to run.
	Memory() *Memory
}

// AgentOf gives the agent of a call. That of a context without one refuses everything.
func AgentOf(ax Context) Agent {
	if has, ok := ax.(interface{ Agent() Agent }); ok {
		return has.Agent()
	}
	return forgetful{}
}

// Turn is one turn of a session.
type Turn struct {
	ID, SessionID string
	// Role is user, assistant, tool or system.
	Role, Content string
	// CreatedAt is in milliseconds since 1970.
	CreatedAt            int64
	ToolName, ToolCallID string
}

// Entry is an entry that was found.
type Entry struct {
	ID, Content string
	// SessionID is empty for an entry of the flow.
	SessionID string
	// Importance is 0 to 1, as it was written.
	Importance float64
	// Score is how well it fits, above 0 and at most 1.
	Score float64
	// CreatedAt is in milliseconds since 1970.
	CreatedAt int64
}

// Refusal is why something was not remembered or found.
type Refusal struct {
	// Code is invalid, too_large, full, ended, rate_limited, unavailable or unsupported.
	Code, Message string
}

func (r *Refusal) Error() string { return r.Message }

// Tool names what a turn of the role tool comes from.
type Tool struct{ Name, CallID string }

// MemoryStore is what memory is kept in; session is empty for the flow.
type MemoryStore interface {
	Append(session string, turn Turn) (string, error)
	Last(session string, n int) ([]Turn, error)
	End(session string) error
	Write(session, content string, importance float64) (string, error)
	Search(session, query string, limit int) ([]Entry, error)
}

// Memory is what a flow remembers from run to run. Its own entries are found by every run of the flow.
type Memory struct{ store MemoryStore }

// NewMemory is for the worker and for tests.
func NewMemory(store MemoryStore) *Memory { return &Memory{store} }

// Session gives the session with the name that the node's input gives it.
func (m *Memory) Session(id string) *Session { return &Session{m.store, id} }

// Search finds entries of the flow that have some of the words, best first; the limit is 1 to 50.
func (m *Memory) Search(query string, limit int) ([]Entry, error) {
	return m.store.Search("", query, limit)
}

// Write keeps an entry of the flow and gives its id; the importance is 0 to 1.
func (m *Memory) Write(content string, importance float64) (string, error) {
	return m.store.Write("", content, importance)
}

// Session is a session of the flow, with turns and entries.
type Session struct {
	store MemoryStore
	id    string
}

// ID is the session's name.
func (s *Session) ID() string { return s.id }

// History is the session's turns.
func (s *Session) History() *History { return &History{s.store, s.id} }

// Search finds entries of the session and of the flow, best first; the limit is 1 to 50.
func (s *Session) Search(query string, limit int) ([]Entry, error) {
	return s.store.Search(s.id, query, limit)
}

// Write keeps an entry of the session and gives its id; the importance is 0 to 1.
func (s *Session) Write(content string, importance float64) (string, error) {
	return s.store.Write(s.id, content, importance)
}

// End closes the session: nothing can be added any more.
func (s *Session) End() error { return s.store.End(s.id) }

// History is the turns of a session.
type History struct {
	store MemoryStore
	id    string
}

// Last gives the n newest turns, oldest first; n is 1 to 200.
func (h *History) Last(n int) ([]Turn, error) { return h.store.Last(h.id, n) }

// Append adds a turn and gives its id; the role is user, assistant, tool or system.
func (h *History) Append(role, content string, tool ...Tool) (string, error) {
	turn := Turn{SessionID: h.id, Role: role, Content: content}
	for _, t := range tool {
		turn.ToolName, turn.ToolCallID = t.Name, t.CallID
	}
	return h.store.Append(h.id, turn)
}

type forgetful struct{}

func (forgetful) Memory() *Memory { return NewMemory(forgetful{}) }

func (forgetful) refuse() error { return &Refusal{"unavailable", "This context remembers nothing."} }

func (f forgetful) Append(string, Turn) (string, error)           { return "", f.refuse() }
func (f forgetful) Last(string, int) ([]Turn, error)              { return nil, f.refuse() }
func (f forgetful) End(string) error                              { return f.refuse() }
func (f forgetful) Write(string, string, float64) (string, error) { return "", f.refuse() }
func (f forgetful) Search(string, string, int) ([]Entry, error)   { return nil, f.refuse() }
