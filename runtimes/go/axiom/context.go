// Package axiom is what a node sees of the world around it.
package axiom

// Context is what a node is told about its call and may ask for during it. It will not grow: what comes later is read
// by functions of this package, such as ParamsOf and AgentOf, so that stand-ins in tests keep compiling.
type Context interface {
	Log() Logger
	Secrets() Secrets
	ExecutionID() string
	FlowID() string
	TenantID() string
}

// Logger takes log lines of this call. Behind the message come attributes in pairs:
//
//	ax.Log().Info("fetched", "rows", 12)
type Logger interface {
	Debug(msg string, args ...any)
	Info(msg string, args ...any)
	Warn(msg string, args ...any)
	Error(msg string, args ...any)
}

// Secrets are those of the tenant, read by name.
type Secrets interface {
	// Get gives the value and true, or an empty string and false. A missing secret is no error.
	Get(name string) (string, bool)
}

// Params are the plain parameters of the flow's config, read by name.
type Params interface {
	// Get gives the value and true, or an empty string and false.
	Get(name string) (string, bool)
}

// ParamsOf gives the plain parameters of the flow's config. A context without any has none.
func ParamsOf(ax Context) Params {
	if has, ok := ax.(interface{ Params() Params }); ok {
		return has.Params()
	}
	return nothing{}
}

// SecretStatus says why a secret can be read, or cannot.
type SecretStatus string

const (
	SecretAvailable SecretStatus = "Available"
	SecretRevoked   SecretStatus = "Revoked"
	SecretUnset     SecretStatus = "Unset"
)

// SecretStatusOf tells whether a secret can be read, and if not, why.
func SecretStatusOf(secrets Secrets, name string) SecretStatus {
	if has, ok := secrets.(interface {
		Status(name string) SecretStatus
	}); ok {
		return has.Status(name)
	}
	if _, found := secrets.Get(name); found {
		return SecretAvailable
	}
	return SecretUnset
}

type nothing struct{}

func (nothing) Get(string) (string, bool) { return "", false }
