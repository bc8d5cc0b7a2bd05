using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Server.Outbound;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Addresses that a tenant names lead to the public internet and to what the operator lists for their purpose, nowhere else.</summary>
public sealed class GuardTests
{
    private static readonly Dictionary<string, string?> Quick = new()
    {
        ["ConnectTimeout"] = "00:00:00.3",
        ["Timeout"] = "00:00:00.5",
    };

    /// <summary>For what is answered: a machine that is busy is no reason for none.</summary>
    private static readonly Dictionary<string, string?> Patient = new()
    {
        ["ConnectTimeout"] = "00:01:00",
        ["Timeout"] = "00:01:00",
    };

    private static readonly string[] Inward =
    [
        "https://127.0.0.1:{0}/",
        "https://127.1:{0}/",
        "https://2130706433:{0}/",
        "https://0177.0.0.1:{0}/",
        "https://0x7f.0.0.1:{0}/",
        "https://0x7f000001:{0}/",
        "https://0:{0}/",
        "https://0.0.0.0:{0}/",
        "https://localhost:{0}/",
        "https://localhost.:{0}/",
        "https://LOCALHOST:{0}/",
        "https://[::1]:{0}/",
        "https://[::]:{0}/",
        "https://[0:0:0:0:0:0:0:1]:{0}/",
        "https://[::ffff:127.0.0.1]:{0}/",
        "https://[::ffff:7f00:1]:{0}/",
        "https://[::127.0.0.1]:{0}/",
        "https://[64:ff9b::127.0.0.1]:{0}/",
        "https://[64:ff9b:1::7f00:1]:{0}/",
        "https://[2002:7f00:1::]:{0}/",
        "https://[2001:0:7f00:1::]:{0}/",
        "https://[fe80::1]:{0}/",
        "https://[fd00:ec2::254]:{0}/",
        "https://[ff02::1]:{0}/",
        "https://169.254.169.254/latest/meta-data/",
        "https://168.63.129.16/",
        "https://100.100.100.200/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://127.0.0.1:{0}@203.0.113.7/",
        "https://example.org@127.0.0.1:{0}/",
        "https://@127.0.0.1:{0}/",
        "https://example.org\\@127.0.0.1:{0}/",
        "https://127。0。0。1:{0}/",
        "https://①②⑦.0.0.1:{0}/",
        "http://127.0.0.1:{0}/",
        "http://example.org/",
        "https://127.0.0.1:{0}/#example.org",
    ];

    [Fact]
    public async Task What_leads_inward_is_not_called_however_it_is_written()
    {
        await using var canary = new Canary();
        using var http = Outbounds.Open(Quick);
        foreach (var pattern in Inward)
        {
            var text = string.Format(pattern, canary.Port);
            // Names are looked at when they are called, and what is called is looked at again, whatever was read before.
            if (http.Read(Purpose.AuditWebhook, text) is { } read)
                Assert.Equal(UriHostNameType.Dns, read.HostNameType);
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host != "example.org")
                Assert.True(await http.Get(url.AbsoluteUri) is null, text);
        }
        Assert.Equal(0, await canary.Hits());
        // It would have counted them.
        using var open = Outbounds.Open(new(Patient) { ["Allow:AuditWebhook"] = "127.0.0.0/8" });
        Assert.Null(await open.Get($"https://127.0.0.1:{canary.Port}/"));
        Assert.Equal(1, await canary.Hits());
    }

    [Theory]
    [InlineData("https://hooks.example.org/in?token=1", true)]
    [InlineData("https://8.8.8.8:8443/", true)]
    [InlineData("https://bücher.example/", true)]
    [InlineData("http://hooks.example.org/", false)]
    [InlineData("ftp://hooks.example.org/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("//hooks.example.org/", false)]
    [InlineData("hooks.example.org", false)]
    [InlineData("https:///", false)]
    [InlineData("https://user@hooks.example.org/", false)]
    [InlineData("https://:pass@hooks.example.org/", false)]
    [InlineData("https://hooks.example.org/#part", false)]
    [InlineData("http://siem.internal/", true)]
    [InlineData("https://a.b.corp.example/", true)]
    [InlineData("https://[fd00::7]/", true)]
    [InlineData("https://[fd00:1::7]/", false)]
    [InlineData("ftp://siem.internal/", false)]
    public void An_address_is_taken_by_its_form(string text, bool good)
    {
        using var http = Outbounds.Open(
            new() { ["Allow:AuditWebhook"] = "siem.internal,*.corp.example, fd00::/32" }
        );
        Assert.Equal(good, http.Read(Purpose.AuditWebhook, text) is not null);
        Assert.Null(http.Read(Purpose.AuditWebhook, text + new string('x', 2001)));
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_a_moment_later_gains_nothing()
    {
        await using var canary = new Canary();
        var url = $"https://rebinding.example:{canary.Port}/";
        // Looked at and dialled are one answer, so that it is public both times, or neither.
        using var later = Outbounds.Open(Quick, Outbounds.Answers(Outbounds.Nowhere, "127.0.0.1"));
        Assert.Null(await later.Get(url));
        Assert.Null(await later.Get(url));
        // One address among several is enough to be refused.
        using var mixed = Outbounds.Open(
            Quick,
            Outbounds.Answers("127.0.0.1 " + Outbounds.Nowhere)
        );
        Assert.Null(await mixed.Get(url));
        using var none = Outbounds.Open(
            Quick,
            (_, _) => throw new SocketException((int)SocketError.HostNotFound)
        );
        Assert.Null(await none.Get(url));
        Assert.Equal(0, await canary.Hits());
    }

    [Fact]
    public async Task What_is_allowed_for_one_purpose_is_not_for_another()
    {
        await using var server = new PlainServer("HTTP/1.1 204 No Content\r\n\r\n");
        using var http = Outbounds.Open(
            new(Patient) { ["Allow:SingleSignOn"] = "127.0.0.1,idp.internal" },
            Outbounds.Answers("127.0.0.1")
        );
        Assert.Equal(204, (await http.Get(server.Url, Purpose.SingleSignOn))?.Status);
        Assert.Null(await http.Get(server.Url));
        Assert.Null(http.Read(Purpose.AuditWebhook, server.Url));
        Assert.Equal(
            204,
            (await http.Get($"http://idp.internal:{server.Port}/", Purpose.SingleSignOn))?.Status
        );
        Assert.Null(await http.Get($"http://idp.internal:{server.Port}/"));
        Assert.Null(await http.Get($"http://other.internal:{server.Port}/", Purpose.SingleSignOn));
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task A_redirect_leads_nowhere()
    {
        await using var canary = new Canary();
        await using var server = new PlainServer(
            $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{canary.Port}/\r\nContent-Length: 0\r\n\r\n"
        );
        using var http = Outbounds.Open(new(Patient) { ["Allow:AuditWebhook"] = "127.0.0.1" });
        Assert.Equal(302, (await http.Get(server.Url))?.Status);
        // Nor does one that a place of the operator's settings answers with.
        using var own = http.ForOperator(100);
        using (var answer = await own.GetAsync(server.Url))
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(0, await canary.Hits());
    }

    [Fact]
    public async Task An_answer_has_an_end_in_size_and_time()
    {
        using var patient = Outbounds.Open(new(Patient) { ["Allow:AuditWebhook"] = "127.0.0.1" });
        await using (var endless = new PlainServer("HTTP/1.1 200 OK\r\n\r\n", endless: true))
            Assert.Equal(4096, (await patient.Get(endless.Url, most: 4096))?.Body.Length);
        await using (var headers = new PlainServer("HTTP/1.1 200 OK\r\na: ", endless: true))
            Assert.Null(await patient.Get(headers.Url));
        using var http = Outbounds.Open(new(Quick) { ["Allow:AuditWebhook"] = "127.0.0.1" });
        await using (var silent = new PlainServer(""))
            Assert.Null(await http.Get(silent.Url));
        await using (var slow = new PlainServer("HTTP/1.1 200 OK\r\n\r\na"))
            Assert.Null(await http.Get(slow.Url, most: 4096));
    }

    [Fact]
    public async Task Whoever_never_answers_or_trickles_is_given_up_when_the_time_of_the_settings_is_over()
    {
        var soon = TimeSpan.FromSeconds(8);
        using var http = Outbounds.Open(
            new(Patient) { ["Timeout"] = "00:00:00.3", ["Allow:AuditWebhook"] = "127.0.0.1" }
        );
        using var document = new SettingsDocument(http);
        await Task.WhenAll(
            Given("", letters: 0),
            Given("HTTP/1.1 200 OK\r\nx: "),
            Given("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        );

        // Who is slow and done in time is heard out.
        using var patient = Outbounds.Open(new(Patient) { ["Allow:AuditWebhook"] = "127.0.0.1" });
        await using var slow = new TricklingServer(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            letters: 5
        );
        Assert.Equal("aaaaa"u8.ToArray(), (await patient.Get(slow.Url, most: 5))?.Body);

        async Task Given(string beginning, int? letters = null)
        {
            // Called for a tenant, and for the operator.
            await using (var peer = new TricklingServer(beginning, letters))
            {
                Assert.Null(await http.Get(peer.Url, most: 100_000).WaitAsync(soon));
                await peer.GivenUp.WaitAsync(soon);
            }
            await using (var peer = new TricklingServer(beginning, letters))
            {
                var (bytes, trouble) = await document
                    .Read(peer.Url, TestContext.Current.CancellationToken)
                    .WaitAsync(soon);
                Assert.Null(bytes);
                Assert.Equal($"{peer.Url} does not answer.", trouble);
                await peer.GivenUp.WaitAsync(soon);
            }
        }
    }

    [Theory]
    [InlineData("Allow:AuditWebhook", "10.0.0.0/8,10.1", "10.1")]
    [InlineData("Allow:AuditWebhook", "10.0.0.1/8", "10.0.0.1/8")]
    [InlineData("Allow:AuditWebhook", "*", "*")]
    [InlineData("Allow:AuditWebhooks", "10.0.0.0/8", "no purpose")]
    [InlineData("Timeout", "soon", "Outbound:Timeout")]
    [InlineData("CaBundle", "/nowhere.pem", "/nowhere.pem")]
    [InlineData("ClientCertificate", "/nowhere.pem", "belong together")]
    public void A_setting_that_is_none_stops_the_start(string name, string value, string said) =>
        Assert.Contains(
            said,
            Assert
                .Throws<OutboundSettingException>(() =>
                    Outbounds.Settings(new() { [name] = value })
                )
                .Message
        );
}
