namespace Sluice.Server.Outbound;

/// <summary>What an address is for that a tenant names. Each has a list of its own of what the operator allows beside the public internet.</summary>
internal enum Purpose
{
    /// <summary>Where a tenant's ledger is sent.</summary>
    AuditWebhook,

    /// <summary>Identity providers, and what their descriptions name.</summary>
    SingleSignOn,
}
