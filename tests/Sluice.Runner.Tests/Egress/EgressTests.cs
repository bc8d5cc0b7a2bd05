using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Sluice.Runner.Egress;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Tests.Egress;

/// <summary>A node with an egress grant, a real TLS server on loopback, and everything that must not work.</summary>
public sealed class EgressTests : IAsyncLifetime
{
    private const string Source = """
        import os, socket, ssl, urllib.request

        def fetch(ax, input):
            url, authority = input.text.split(' ', 1)
            context = ssl.create_default_context(cadata=authority)
            try:
                with urllib.request.urlopen(url, timeout=60, context=context) as answer:
                    return Text(answer.read().decode())
            except OSError as error:
                return Text(str(getattr(error, 'reason', error)))

        def ask(ax, input):
            with socket.create_connection(('127.0.0.1', 3128), 60) as way:
                way.sendall(input.text.encode().replace(b'|', b'\r\n'))
                data = b''
                while piece := way.recv(4096):
                    data += piece
            return Text(data.split(b'\r\n')[0].decode())

        def direct(ax, input):
            out = []
            def attempt(name, what):
                try:
                    what()
                    out.append(name)
                except OSError:
                    pass
            port = int(input.text)
            attempt('loopback of the host', lambda: socket.create_connection(('127.0.0.1', port), 2))
            attempt('an address', lambda: socket.create_connection(('192.0.2.1', 443), 2))
            attempt('a name', lambda: socket.getaddrinfo('api.example.test', 443))
            for family in (socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK, 3):
                attempt(f'family {int(family)}', lambda: socket.socket(family, socket.SOCK_STREAM))
            for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
                attempt(f'kind {int(kind)}', lambda: socket.socket(socket.AF_INET, kind))
                attempt(f'unix kind {int(kind)}', lambda: socket.socket(socket.AF_UNIX, kind))
            attempt('fork', os.fork)
            attempt('another socket', lambda: socket.socket(socket.AF_UNIX).connect('/run/other'))
            return Text(','.join(out))
        """;

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly Lines _log = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private IPAddress[][] _addresses =
    [
        [IPAddress.Loopback],
    ];

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _ = Serve();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _certificate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_allowed_host_is_reached_over_real_TLS_and_the_log_names_it_without_its_path()
    {
        await using var house = await Open();
        Assert.Equal("hello of the world", await Fetch(house, "api.example.test"));
        await house.DisposeAsync();

        // The connection's line comes when both of its ends have been seen to close.
        SpinWait.SpinUntil(
            () => _log.All.Any(line => line.Contains("Egress", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60)
        );
        var line = Assert.Single(
            _log.All,
            line => line.Contains("Egress", StringComparison.Ordinal)
        );
        Assert.Contains(
            $"tenant acme, package acme/fetcher@1.0.0: api.example.test:{Port}, ",
            line,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("path", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_the_manifest_does_not_name_is_refused()
    {
        await using var house = await Open(allow: ["*.example.test:{port}"]);
        Assert.Equal(
            $"Tunnel connection failed: 403 other.example.test:{Port} is not in the egress of this package's manifest",
            await Fetch(house, "other.example.test")
        );
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("other.example.test:{port}")]
    [InlineData("api.example.test:1")]
    [InlineData("rival/api.example.test:{port}")]
    [InlineData("*.api.example.test:{port}")]
    public async Task A_host_that_the_operator_does_not_allow_is_refused(string allowed)
    {
        await using var house = await Open(allow: [allowed]);
        Assert.Equal(
            $"Tunnel connection failed: 403 api.example.test:{Port} is not allowed by the operator of this server",
            await Fetch(house, "api.example.test")
        );
    }

    [Fact]
    public async Task The_operator_can_allow_a_host_to_one_tenant_and_names_below_a_name()
    {
        await using var house = await Open(allow: ["acme/*.example.test:{port}"]);
        Assert.Equal("hello of the world", await Fetch(house, "api.example.test"));
    }

    [Fact]
    public async Task An_address_that_is_not_public_is_refused_unless_the_operator_names_its_network()
    {
        await using var house = await Open(networks: []);
        Assert.Equal(
            "Tunnel connection failed: 403 api.example.test leads to an address that is not public",
            await Fetch(house, "api.example.test")
        );
    }

    [Fact]
    public async Task One_private_address_among_public_ones_is_refused()
    {
        _addresses =
        [
            [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("169.254.169.254")],
        ];
        await using var house = await Open();
        Assert.Equal(
            "Tunnel connection failed: 403 api.example.test leads to an address that is not public",
            await Fetch(house, "api.example.test")
        );
    }

    [Fact]
    public async Task A_name_that_changes_after_the_check_is_not_asked_for_again()
    {
        // First an address that may be reached, then one that may not.
        _addresses =
        [
            [IPAddress.Loopback],
            [IPAddress.Parse("10.0.0.1")],
        ];
        await using var house = await Open();
        Assert.Equal("hello of the world", await Fetch(house, "api.example.test"));
        Assert.Single(_asked);
        Assert.Contains(
            "not public",
            await Fetch(house, "api.example.test"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("CONNECT 127.0.0.1:{port} HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT 2130706433:{port} HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT 0x7f000001:{port} HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT 127.1:{port} HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT [::1]:{port} HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT api.example.test. HTTP/1.1||", "HTTP/1.1 403 Only hosts by name")]
    [InlineData("CONNECT api.example.test:99999 HTTP/1.1||", "HTTP/1.1 403 api.example.test:99999")]
    [InlineData("GET http://api.example.test/ HTTP/1.1||", "HTTP/1.1 405")]
    [InlineData("rubbish||", "HTTP/1.1 405")]
    public async Task Addresses_in_any_notation_and_other_requests_are_refused(
        string request,
        string answer
    )
    {
        await using var house = await Open(grant: "*.test:{port}", allow: ["*.test:{port}"]);
        var said = await Call(house, "ask", Filled(request));
        Assert.StartsWith(answer, said, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task There_is_no_way_out_but_the_one_socket()
    {
        await using var house = await Open();
        Assert.Equal("", await Call(house, "direct", $"{Port}"));
    }

    [Fact]
    public async Task A_connection_is_cut_at_its_bound_of_bytes()
    {
        await using var house = await Open(adjust: options => options with { MaxBytes = 1000 });
        Assert.DoesNotContain(
            "hello",
            await Fetch(house, "api.example.test"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_package_that_asks_for_nothing_has_no_socket_and_no_proxy()
    {
        await using var house = await Open();
        var plain = Package() with { Egress = [] };
        var outcome = await house.Call(House.A_call(plain, "direct", $"{Port}"));
        Assert.Equal("", House.Text(outcome));
        outcome = await house.Call(
            House.A_call(plain, "ask", "CONNECT api.example.test:1 HTTP/1.1||")
        );
        Assert.Contains("PermissionError", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tier_that_cannot_hold_it_refuses_the_package_with_a_sentence()
    {
        await using var house = await House.Open(options => options with { Isolation = "process" });
        var outcome = await house.Call(House.A_call(Package(), "ask"));
        Assert.Equal(
            (
                NodeOutcomeKind.Unavailable,
                "The package asks for egress, which the isolation of this machine (process) cannot hold to a list; bubblewrap can."
            ),
            (outcome.Kind, outcome.Message)
        );
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2a00:1450::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.255.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.1.2.3", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    public void Addresses_of_the_open_internet_are_told_from_others(
        string address,
        bool isPublic
    ) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    private async Task<House> Open(
        string grant = "api.example.test:{port}",
        string[]? allow = null,
        string[]? networks = null,
        Func<EgressOptions, EgressOptions>? adjust = null
    )
    {
        _grant = Filled(grant);
        var options = new EgressOptions
        {
            Allow = [.. (allow ?? ["api.example.test:{port}"]).Select(Filled)],
            AllowNetworks = [.. (networks ?? ["127.0.0.0/8"]).Select(IPNetwork.Parse)],
            Resolve = (host, _) =>
            {
                _asked.Enqueue(host);
                return Task.FromResult(_addresses[Math.Min(_asked.Count, _addresses.Length) - 1]);
            },
        };
        return await House.Open(
            all => all with { Egress = adjust?.Invoke(options) ?? options },
            loggers: _log
        );
    }

    private string _grant = "";

    private string Filled(string text) =>
        text.Replace("{port}", $"{Port}", StringComparison.Ordinal);

    private WorkerSpec Package() =>
        House.Python(Source, "fetch", "ask", "direct") with
        {
            Package = "acme/fetcher@1.0.0",
            Egress = [_grant],
        };

    private async Task<string> Call(House house, string node, string text) =>
        House.Text(await house.Call(House.A_call(Package(), node, text)));

    private Task<string> Fetch(House house, string host) =>
        Call(house, "fetch", $"https://{host}:{Port}/path {_certificate.ExportCertificatePem()}");

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Answer(await _server.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(TcpClient client)
    {
        using var connection = client;
        await using var stream = new SslStream(connection.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(_certificate);
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: close\r\n\r\nhello of the world"u8.ToArray()
            );
            await stream.ShutdownAsync();
        }
        catch (Exception e)
            when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client left; it says why.
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.example.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("api.example.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, false, 0, critical: true)
        );
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Keeps what is logged.</summary>
    private sealed class Lines : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
