using System.Text.RegularExpressions;

namespace StereoSpike.Architecture.Tests;

public partial class DocumentTests
{
    [Fact]
    public void The_readme_shows_the_two_commands_to_start_with()
    {
        string[] commands = [.. Commands("README.md")];

        Assert.Contains("dotnet run -c Release --project tools/Cli -- demo", commands);
        Assert.Contains("dotnet test -c Release", commands);
    }

    [Fact]
    public void Every_verb_and_option_in_a_document_is_one_that_the_command_has()
    {
        string program = string.Concat(Repository.Files("tools/Cli", ".cs").Select(Repository.Read));
        string[] unknown = [.. Pages().SelectMany(page => Commands(page).SelectMany(Words).Where(word => !Declared(word)).Select(word => $"{page}: {word}")).Distinct()];

        Assert.True(unknown.Length == 0, $"The command does not have {string.Join("; ", unknown)}.");

        bool Declared(string word) => word == "--help" || program.Contains($"(\"{word}\"", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_preset_in_a_document_is_one_that_train_knows()
    {
        string presets = Repository.Read("src/Training/Runs/TrainingPresets.cs");
        string[] named = [.. Pages().SelectMany(Commands).SelectMany(command => PresetOption().Matches(command)).Select(match => match.Groups[1].Value).Distinct()];

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($"[\"{name}\"]", presets, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_that_a_document_runs_exists()
    {
        var projects = Pages().SelectMany(Commands).SelectMany(command => ProjectOption().Matches(command)).Select(match => match.Groups[1].Value);

        Assert.All(projects, project => Assert.NotEmpty(Repository.Files(project, ".csproj")));
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        var links = Pages().SelectMany(page => Link().Matches(Repository.Read(page)).Select(match => (Page: page, Target: match.Groups[1].Value)));

        Assert.All(links, link =>
        {
            string target = Path.Combine(Repository.Root, Path.GetDirectoryName(link.Page)!, link.Target);
            Assert.True(Path.Exists(target), $"{link.Page} points to {link.Target}, which is not there.");
        });
    }

    [Fact]
    public void Every_decision_record_is_in_their_list()
    {
        string list = Repository.Read("docs/adr/README.md");
        var records = Repository.Files("docs/adr", ".md").Select(path => Path.GetFileName(path)).Where(name => name != "README.md");

        Assert.All(records, record => Assert.Contains($"({record})", list, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_package_is_accounted_for()
    {
        string account = Repository.Read("THIRD-PARTY.md");
        var packages = PackageVersion().Matches(Repository.Read("Directory.Packages.props")).Select(match => (Name: match.Groups[1].Value, Version: match.Groups[2].Value));

        Assert.All(packages, package => Assert.Contains($"| {package.Name} | {package.Version} |", account, StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine()
    {
        Assert.All(Texts(), path => Assert.DoesNotMatch(MachinePlace(), Repository.Read(path)));
    }

    [Fact]
    public void Nothing_is_put_off()
    {
        Assert.All(Repository.Files("", ".cs"), path => Assert.DoesNotMatch(PutOff(), Repository.Read(path)));
    }

    private static IEnumerable<string> Pages() => Repository.Files("", ".md");

    /// <summary>Files without a zero byte near their start.</summary>
    private static IEnumerable<string> Texts() => Repository.Files("", "").Where(path =>
    {
        using FileStream file = File.OpenRead(Path.Combine(Repository.Root, path));
        Span<byte> start = stackalloc byte[4096];
        return !start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].Contains((byte)0);
    });

    /// <summary>Command lines in the fenced sh blocks of a page, continued lines joined, comments cut off.</summary>
    private static IEnumerable<string> Commands(string page) => ShellBlock().Matches(Repository.Read(page))
        .SelectMany(block => block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        .Select(line => Blanks().Replace(line.Split(" # ")[0], " ").Trim())
        .Where(line => line.StartsWith("stereospike ", StringComparison.Ordinal) || line.StartsWith("dotnet ", StringComparison.Ordinal));

    /// <summary>The verb and the options of a command line that runs stereospike; nothing for other command lines.</summary>
    private static IEnumerable<string> Words(string command)
    {
        int start = command.StartsWith("stereospike ", StringComparison.Ordinal) ? "stereospike ".Length
            : command.IndexOf("tools/Cli -- ", StringComparison.Ordinal) is >= 0 and int at ? at + "tools/Cli -- ".Length
            : command.Length;
        string[] words = command[start..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Where((word, i) => i == 0 || word.StartsWith("--", StringComparison.Ordinal));
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"--preset (\S+)")]
    private static partial Regex PresetOption();

    [GeneratedRegex(@"--project (\S+)")]
    private static partial Regex ProjectOption();

    /// <summary>A Markdown link to a file of ours: no scheme, the fragment left out.</summary>
    [GeneratedRegex(@"\]\((?![a-z]+:)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("<PackageVersion Include=\"([^\"]+)\" Version=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();

    /// <summary>A folder of one machine, or the host of a package feed; brackets keep the pattern from matching itself.</summary>
    [GeneratedRegex(@"(?<![\w.])/(?:work|tmp|home|root|Users)/|[A-Z]:\\Users\\|\b(?:nuget|pypi|npmjs)\.(?:org|com)\b|artifactor[y]|/nexu[s]/")]
    private static partial Regex MachinePlace();

    [GeneratedRegex(@"\b(?:TO[D]O|FIX[M]E|HA[C]K|XX[X])\b")]
    private static partial Regex PutOff();
}
