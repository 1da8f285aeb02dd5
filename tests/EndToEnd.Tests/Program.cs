using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>The built <c>stereospike</c> command, run as a user runs it.</summary>
internal static class Program
{
    private const int LimitMs = 180_000;
    /// <summary>The command's own file; its assets lie beside it.</summary>
    public static string Assembly { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "StereoSpike.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "stereospike.dll"));

    /// <summary>Runs it on one thread and returns what it said.</summary>
    public static Answer Run(params string[] arguments) => Finish(Start(arguments), arguments);

    /// <summary>Runs it where libtorch's packages are nowhere to be found.</summary>
    public static Answer RunWithoutLibTorch(TemporaryFolder folder, params string[] arguments)
    {
        string settings = folder.File("stereospike.runtimeconfig.json");
        JsonObject runtime = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Assembly, ".runtimeconfig.json")))!.AsObject();
        JsonObject properties = runtime["runtimeOptions"]!["configProperties"]!.AsObject();
        foreach (string name in (string[])["StereoSpike.LibTorch.TorchSharpPackage", "StereoSpike.LibTorch.NativePackage"])
        {
            Assert.True(properties.ContainsKey(name));
            properties[name] = folder.File("nowhere");
        }

        File.WriteAllText(settings, runtime.ToJsonString());
        return Finish(Start(["exec", "--runtimeconfig", settings], arguments), arguments);
    }

    private static Answer Finish(Process started, string[] arguments)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMs))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"stereospike {string.Join(' ', arguments)} ran longer than {LimitMs / 1000} s.");
        }

        return new Answer(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Starts it and leaves it running.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    private static Process Start(string[] host, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[.. host, Assembly, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>What a run came to.</summary>
    internal sealed record Answer(int ExitCode, string Output, string Errors)
    {
        public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

        /// <summary>The result of a run that must have gone well.</summary>
        public JsonObject Good()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Output}");
            return Json;
        }
    }
}
