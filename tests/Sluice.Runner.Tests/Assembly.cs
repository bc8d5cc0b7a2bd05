[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(Sluice.Runner.Tests.Abuse.Arena))]
