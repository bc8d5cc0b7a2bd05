using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Listeners;

/// <summary>All that is wrong with how the operator wants the server to listen: a sentence each, with the setting in it.</summary>
internal static class ListenerChecks
{
    /// <param name="listeners">All of them.</param>
    /// <param name="plainHttp">Whether plain HTTP may leave this machine.</param>
    /// <param name="development">Whether nothing may.</param>
    public static IReadOnlyList<string> Mistakes(
        IReadOnlyList<Listener> listeners,
        bool plainHttp,
        bool development
    )
    {
        var mistakes = new List<string>();
        var places = new Dictionary<string, string>();
        foreach (var listener in listeners)
        {
            CheckWords(listener, mistakes);
            var schemes = new List<string>();
            foreach (var url in listener.Addresses)
            {
                if (CheckAddress(listener, url, mistakes) is not { } address)
                    continue;
                schemes.Add(address.Scheme);
                CheckReach(address, url, plainHttp, development, mistakes);
                if (address is { Port: not 0 } && !places.TryAdd(url, listener.Name))
                    mistakes.Add(
                        $"{url} belongs to two listeners: {places[url]} and {listener.Name}."
                    );
            }
            CheckClients(listener, schemes, mistakes);
        }
        return mistakes;
    }

    private static void CheckWords(Listener listener, List<string> mistakes)
    {
        if (
            !listener.IsMain
            && listener.Name.Equals(Listener.Main, StringComparison.OrdinalIgnoreCase)
        )
            mistakes.Add(
                $"Listeners:{listener.Name}: main is the listener of --urls, whose settings are Tls:…; give this one another name."
            );
        foreach (var name in listener.Unknown)
            mistakes.Add(
                $"{listener.Setting(name)} is no setting of a listener: they are {string.Join(", ", Listener.Settings)}."
            );
        if (!listener.Addresses.Any())
            mistakes.Add(
                $"{listener.Setting(nameof(Listener.Urls))} is needed: addresses such as https://10.0.0.5:9443, with ; between."
            );
        if (listener.Certificate is null != listener.Key is null)
            mistakes.Add(
                $"{listener.Setting(nameof(Listener.Certificate))} and {listener.Setting(nameof(Listener.Key))} belong together; set both."
            );
        if (!listener.IsClear)
            mistakes.Add(
                $"{listener.Setting(nameof(Listener.ClientCertificates))} is require or none, not {listener.ClientCertificates}."
            );
    }

    private static BindingAddress? CheckAddress(
        Listener listener,
        string url,
        List<string> mistakes
    )
    {
        BindingAddress? address = null;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            // Told below, with those that are addresses of something else.
        }
        if (address is null or not { Scheme: "http" or "https", PathBase: "" })
        {
            mistakes.Add(
                $"{url} in {listener.Setting(nameof(Listener.Urls))} is no address to listen on: write it as https://10.0.0.5:9443."
            );
            return null;
        }
        if (address.Scheme == "https" && listener.Certificate is null)
            mistakes.Add(
                $"Refusing to listen on {url}: there is no certificate. Set {listener.Setting(nameof(Listener.Certificate))} and {listener.Setting(nameof(Listener.Key))} to PEM files."
            );
        return address;
    }

    private static void CheckReach(
        BindingAddress address,
        string url,
        bool plainHttp,
        bool development,
        List<string> mistakes
    )
    {
        if (Listener.IsLoopback(address))
            return;
        if (development)
            mistakes.Add(
                $"Refusing to listen on {url}: --dev is for this machine alone. Listen on 127.0.0.1, or leave --dev out."
            );
        else if (address.Scheme == "http" && !plainHttp)
            mistakes.Add(
                $"Refusing to listen on {url}: plain HTTP beyond loopback would show every key to the network. Set up TLS (Tls:Certificate, Tls:Key), put a proxy in front, or say --allow-plain-http."
            );
    }

    private static void CheckClients(Listener listener, List<string> schemes, List<string> mistakes)
    {
        var before = mistakes.Count;
        var asks = listener.Setting(nameof(Listener.ClientCertificates));
        if (listener.AsksForCertificates && listener.ClientCa is null)
            mistakes.Add(
                $"{asks} is require: set {listener.Setting(nameof(Listener.ClientCa))} to PEM of the authorities whose certificates are taken."
            );
        if (listener.AsksForCertificates && schemes.Contains("http"))
            mistakes.Add(
                $"{asks} is require, and over plain HTTP nobody can show a certificate: give {listener.Name} addresses with https alone."
            );
        // What is set and does nothing would be taken for a guard.
        foreach (
            var (name, set) in (ReadOnlySpan<(string, bool)>)
                [
                    (nameof(Listener.ClientCa), listener.ClientCa is not null),
                    (nameof(Listener.ClientNames), listener.ClientNames.Count > 0),
                    (nameof(Listener.ClientCrl), listener.ClientCrl is not null),
                ]
        )
        {
            if (set && !listener.AsksForCertificates && listener.IsClear)
                mistakes.Add($"{listener.Setting(name)} needs {asks} to be require.");
        }
        foreach (var name in listener.ClientNames.Where(name => ClientName.Read(name) is null))
            mistakes.Add(
                $"{listener.Setting(nameof(Listener.ClientNames))}: {name} names nobody; write dns:ops.example.com, email:…, uri:… or a whole subject such as CN=ops, O=Acme."
            );
        if (listener.AsksForCertificates && mistakes.Count == before)
            Try(
                () => new ClientCertificates(listener, TimeProvider.System, NullLogger.Instance),
                mistakes
            );
    }

    /// <summary>Opens what is in files, to say now what would be said when the listener opens.</summary>
    public static void Try(Func<object> open, List<string> mistakes)
    {
        try
        {
            (open() as IDisposable)?.Dispose();
        }
        catch (CertificateException error)
        {
            mistakes.Add(error.Message);
        }
    }
}
