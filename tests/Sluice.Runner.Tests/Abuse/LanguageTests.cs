using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>Where a language's runtime has ways of its own: .NET is shown /proc, Node has workers and bindings.</summary>
public sealed class LanguageTests(Arena arena)
{
    private const string CSharp = """
        using System.Diagnostics;
        using System.Net.Sockets;
        using System.Runtime.InteropServices;
        using System.Text;
        using Axiom;
        using Gen;
        namespace Nodes;

        public static class AttackNode
        {
            [DllImport("libc", SetLastError = true)] static extern int kill(int pid, int signal);
            [DllImport("libc", SetLastError = true)] static extern long ptrace(long request, long pid, long a, long b);
            [DllImport("libc", SetLastError = true)] static extern int prlimit(int pid, int what, ulong[] to, ulong[] from);

            public static Text Attack(IAxiomContext ax, Text input)
            {
                var haul = new List<string>();
                void Attempt(string name, Func<bool> what)
                {
                    try { if (what()) haul.Add(name); } catch { }
                }
                var pid = int.Parse(input.Text_);
                Attempt("arguments", () => File.ReadAllText($"/proc/{pid}/cmdline").Contains("600"));
                Attempt("environment", () => File.ReadAllText($"/proc/{pid}/environ").Length > 0);
                Attempt("map", () => File.ReadAllText($"/proc/{pid}/maps").Length > 0);
                Attempt("memory", () => { using var file = File.OpenRead($"/proc/{pid}/mem"); return true; });
                Attempt("descriptors", () => Directory.GetFiles($"/proc/{pid}/fd").Length > 0);
                Attempt("its root", () => File.ReadAllText($"/proc/{pid}/root/etc/passwd").Length > 0);
                Attempt("settings", () => { using var file = File.OpenWrite("/proc/sys/kernel/core_pattern"); return true; });
                Attempt("own score", () => { File.WriteAllText("/proc/self/oom_score_adj", "-1000"); return true; });
                Attempt("kill", () => kill(pid, 23) == 0);
                Attempt("end", () => { Process.GetProcessById(pid).Kill(); return true; });
                Attempt("trace", () => ptrace(0x4206, pid, 0, 0) == 0);
                Attempt("limits", () => prlimit(pid, 7, null!, new ulong[2]) == 0);
                Attempt("program", () => { Process.Start("/bin/true")!.WaitForExit(); return true; });
                Attempt("socket", () => { using var end = new Socket(AddressFamily.Unix, SocketType.Stream, 0); return true; });
                return new() { Text_ = string.Join(",", haul) };
            }
        }
        """;

    private const string TypeScript = """
        import { execFileSync, spawn } from "node:child_process";
        import { readFileSync } from "node:fs";
        import { connect } from "node:net";
        import { setPriority } from "node:os";
        import { Worker } from "node:worker_threads";
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";

        export async function attack(ax: AxiomContext, input: Text): Promise<Text> {
            const haul: string[] = [];
            const attempt = (name: string, what: () => unknown) => { try { if (what() !== false) haul.push(name); } catch {} };
            const pid = Number(input.getText());
            attempt("arguments", () => readFileSync(`/proc/${pid}/cmdline`));
            attempt("environment", () => readFileSync(`/proc/${pid}/environ`));
            attempt("kill", () => process.kill(pid, "SIGURG"));
            attempt("priority", () => setPriority(pid, 0));
            attempt("program", () => execFileSync("/bin/true"));
            const spawned = await new Promise<boolean>((done) => {
                try { spawn("/bin/true").on("error", () => done(false)).on("exit", () => done(true)); } catch { done(false); }
            });
            attempt("later program", () => spawned);
            const connected = await new Promise<boolean>((done) => {
                try { connect("/run/none.sock").on("error", (error: any) => done(error.code !== "EPERM" && error.code !== "EACCES")).on("connect", () => done(true)); } catch { done(false); }
            });
            attempt("socket", () => connected);
            const code = 'const { parentPort } = require("node:worker_threads"); let out = "thread"; try { require("node:child_process").execFileSync("/bin/true"); out += " program"; } catch {} parentPort.postMessage(out);';
            const thread = await new Promise<string>((done) => new Worker(code, { eval: true }).on("message", done).on("error", () => done("no thread")));
            attempt(thread, () => true);
            return new Text().setText(haul.join(","));
        }
        """;

    private static readonly Dictionary<string, Lazy<Task<WorkerSpec>>> s_built = new()
    {
        ["csharp"] = new(() => Build("csharp", "nodes/Attack.cs", CSharp)),
        ["typescript"] = new(() => Build("typescript", "nodes/attack.ts", TypeScript)),
    };

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("list other processes, read their arguments, where the language needs `/proc` (C#)")]
    [Leaks("process", "which other processes and files exist")]
    public async Task A_node_in_CSharp_reads_of_other_processes_their_arguments_at_most(string tier)
    {
        // Where the runner is not root, its nodes are processes of the same user as the rest.
        var sameUser = Environment.IsPrivilegedProcess ? "" : ",descriptors";
        Assert.Equal(tier == "process" ? "arguments" + sameUser : "", await Attack(tier, "csharp"));
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("start a process, signal or connect from a thread of Node")]
    public async Task A_node_in_TypeScript_gets_no_further_from_its_threads(string tier) =>
        Assert.Equal("thread", await Attack(tier, "typescript"));

    private async Task<string> Attack(string tier, string language)
    {
        var package = await s_built[language].Value;
        var house = await arena.House(tier);
        var call = House.A_call(package, "Attack", $"{arena.SleeperPid}", tenant: language);
        return House.Text(await house.Call(call));
    }

    private static async Task<WorkerSpec> Build(string language, string path, string source)
    {
        await using var house = await House.Open();
        List<string> log = [];
        var outcome = await house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = new Dictionary<string, byte[]>
                {
                    [path] = Encoding.UTF8.GetBytes(source),
                    ["tsconfig.json"] = "{}"u8.ToArray(),
                },
                Manifest = new Manifest
                {
                    Name = "acme/attack",
                    Version = "1.0.0",
                    Language = language,
                    Nodes =
                    [
                        new ManifestNode
                        {
                            Name = "Attack",
                            Input = "Text",
                            Output = "Text",
                        },
                    ],
                },
                Schema = SchemaCompiler
                    .Compile(
                        new Dictionary<string, string>
                        {
                            ["messages/messages.proto"] =
                                "syntax = \"proto3\"; message Text { string text = 1; }",
                        }
                    )
                    .Value!,
                Log = log.Add,
            },
            CancellationToken.None
        );
        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', log));
        return new WorkerSpec
        {
            Digest = outcome.Digest,
            Language = language,
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(outcome.Archive)),
        };
    }
}
