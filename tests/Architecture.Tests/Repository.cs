using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace StereoSpike.Architecture.Tests;

/// <summary>The repository's own files, as these tests read them.</summary>
internal static partial class Repository
{
    /// <summary>What builds, runs and editors leave behind; .gitignore lists the same.</summary>
    private static readonly HashSet<string> LeftBehind = [".git", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".vscode", ".idea", "demo", "runs"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files under a folder whose names end in a text, by their paths from the root with forward slashes, in order.</summary>
    public static IReadOnlyList<string> Files(string folder, string ending) =>
        [.. Walk(Path.Combine(Root, folder)).Where(path => path.EndsWith(ending, StringComparison.Ordinal)).Select(Relative).Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The room a file of src lies in, such as Core.</summary>
    public static string Room(string path) => path.Split('/')[1];

    /// <summary>Kinds and names of the public types that a C# file declares at its top level.</summary>
    public static IEnumerable<(string Kind, string Name)> PublicTypes(string path) =>
        PublicType().Matches(Read(path)).Select(match => (match.Groups["kind"].Value, match.Groups["name"].Value));

    private static IEnumerable<string> Walk(string folder)
    {
        IEnumerable<string> here = Directory.EnumerateFiles(folder).Where(Belongs);
        return here.Concat(Directory.EnumerateDirectories(folder).Where(Belongs).SelectMany(Walk));

        static bool Belongs(string path) => !LeftBehind.Contains(Path.GetFileName(path));
    }

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    /// <summary>A top-level declaration: namespaces are file-scoped, so nothing stands before "public".</summary>
    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|readonly|partial|unsafe|ref) )*(?<kind>record struct|record|class|struct|interface|enum|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
