using System.Text;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>What a node can do with the one thing that it is given: its channel.</summary>
public sealed class ChannelTests(Arena arena)
{
    private static readonly WorkerSpec s_package = House.Python(
        """
        import os, time
        def read(ax, input): return Text(ax.secrets.get(input.text)[0])
        def raw(ax, input):
            os.write(4, bytes.fromhex(input.text))
            time.sleep(60)
        """,
        "read",
        "raw"
    );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("a second tenant's secrets by name")]
    public async Task A_node_cannot_read_a_second_tenants_secret_by_its_name(string tier)
    {
        var house = await arena.House(tier);
        SecretReader theirs = House.Secret("TOKEN", "of the other");
        SecretReader mine = House.Secret("MINE", "of this one");

        Assert.Equal(
            "of the other",
            House.Text(
                await house.Call(
                    House.A_call(s_package, "read", "TOKEN", tenant: "other", secrets: theirs)
                )
            )
        );
        foreach (var name in (string[])["TOKEN", "other/TOKEN", "../other/TOKEN", "TOKEN\0", ""])
            Assert.Equal("", House.Text(await house.Call(s_package, "read", name, secrets: mine)));
        Assert.Equal(
            "of this one",
            House.Text(await house.Call(s_package, "read", "MINE", secrets: mine))
        );
    }

    public static TheoryData<string, string, string> Frames()
    {
        var all = new TheoryData<string, string, string>();
        foreach (var tier in Arena.Tiers)
        {
            // length, kind, call, payload
            all.Add(tier, Frame(0x44, 999, "MINE"), "which is not in flight");
            all.Add(tier, Frame(0x42, 999, ""), "which is not in flight");
            all.Add(tier, Frame(0x7f, 1, ""), "unknown kind");
            all.Add(tier, "ffffff7f4201000000", "more than 16777216");
            all.Add(tier, Frame(0x43, 1, "\u0008"), "an error that cannot be read");
            all.Add(tier, Frame(0x44, 1, "\u00ff", latin: true), "not UTF-8");
            all.Add(tier, Frame(0x60, 999, ""), "which is not in flight");
            all.Add(tier, Frame(0x60, 1, "\u0012\u0005x"), "a question that cannot be read");
            all.Add(tier, Frame(0x60, 1, "\u0012\u0001\u00ff", latin: true), "cannot be read");
            all.Add(tier, "012001006001000000", "a question of 73729 bytes, more than 73728");
            all.Add(tier, Frame(0x61, 999, ""), "which was never made");
            all.Add(tier, Frame(0x61, 1, "\u0012\u0005x"), "something that cannot be read");
        }
        return all;
    }

    private static string Frame(byte kind, uint call, string payload, bool latin = false)
    {
        var bytes = (latin ? Encoding.Latin1 : Encoding.UTF8).GetBytes(payload);
        return Convert.ToHexStringLower(BitConverter.GetBytes(bytes.Length))
            + kind.ToString("x2")
            + Convert.ToHexStringLower(BitConverter.GetBytes(call))
            + Convert.ToHexStringLower(bytes);
    }

    [Theory]
    [MemberData(nameof(Frames))]
    [Promise("a call that is not in flight; oversize, malformed and unknown frames")]
    public async Task A_frame_that_does_not_fit_ends_the_worker_and_harms_nobody(
        string tier,
        string frame,
        string wrong
    )
    {
        var house = await arena.House(tier);
        // A tenant of its own has a worker of its own, whose first call is number 1.
        var outcome = await house.Call(
            House.A_call(
                s_package,
                "raw",
                frame,
                tenant: $"sends {frame}",
                secrets: House.Secret("MINE", "of this one")
            )
        );
        Assert.Equal(NodeOutcomeKind.Protocol, outcome.Kind);
        Assert.Contains(wrong, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(
            "of this one",
            House.Text(
                await house.Call(
                    s_package,
                    "read",
                    "MINE",
                    secrets: House.Secret("MINE", "of this one")
                )
            )
        );
    }
}
