using System.Text.RegularExpressions;

namespace StereoSpike.Architecture.Tests;

public partial class NameTests
{
    private const int MostLines = 400;

    private static readonly string[] SayNothing = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Processor", "Data", "Info"];

    // Types that are read as one piece: a closed family, or a pair of which neither means anything alone.
    private static readonly Dictionary<string, string[]> Families = new()
    {
        ["src/Model/Graphs/Operations.cs"] =
        [
            "IOperation", "InputOperation", "ConvolutionOperation", "NearestResizeOperation", "SumPoolingOperation", "LinearOperation", "FiringOperation", "ActivationOperation", "BatchNormOperation", "AddOperation", "IntegratorOperation",
            "LeakyIntegratorOperation", "FeedbackOperation",
        ],
        ["src/Model/Graphs/GraphNode.cs"] = ["GraphNode", "GraphParameter"],
    };

    [Fact]
    public void A_file_holds_the_public_type_it_is_named_for_and_at_most_that_types_enums()
    {
        Assert.All(Repository.Files("src", ".cs"), path =>
        {
            string[] expected = Families.GetValueOrDefault(path) ?? [Path.GetFileNameWithoutExtension(path)];
            string[] types = [.. Repository.PublicTypes(path).Where(type => type.Kind != "enum" || expected.Contains(type.Name)).Select(type => type.Name)];
            bool onlyInternal = types.Length == 0 && !Repository.PublicTypes(path).Any();
            Assert.True(onlyInternal || types.SequenceEqual(expected), $"{path} holds {string.Join(", ", types)}; its name promises {string.Join(", ", expected)}.");
        });
    }

    [Fact]
    public void No_public_type_has_a_name_that_says_nothing()
    {
        var names = Repository.Files("src", ".cs").SelectMany(Repository.PublicTypes).Select(type => type.Name);

        Assert.All(names, name => Assert.False(SayNothing.Any(word => name.EndsWith(word, StringComparison.Ordinal)), $"{name}: say what it does or holds."));
    }

    [Fact]
    public void A_namespace_is_its_rooms_name()
    {
        Assert.All(Repository.Files("src", ".cs"), path => Assert.Equal(NamespaceOfRoom(path), NamespaceOf(path)));
        Assert.All(Repository.Files("tools", ".cs").Where(path => NamespaceOf(path).Length > 0), path => Assert.Equal($"StereoSpike.{Repository.Room(path)}", NamespaceOf(path)));
    }

    [Fact]
    public void A_test_stands_in_a_namespace_of_tests()
    {
        Assert.All(Repository.Files("tests", ".cs"), path => Assert.Matches(@"^StereoSpike\.(\w+\.)?Tests(\.\w+)*$", NamespaceOf(path)));
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        Assert.All(Repository.Files("", ".cs"), path =>
        {
            int lines = Repository.Read(path).Count(letter => letter == '\n');
            Assert.True(lines <= MostLines, $"{path} has {lines} lines; give a part of it a name and a file of its own.");
        });
    }

    /// <summary>Core's nouns belong to everyone; its file codecs have a namespace of their own.</summary>
    private static string NamespaceOfRoom(string path) => Repository.Room(path) switch
    {
        "Core" => path.StartsWith("src/Core/Files/", StringComparison.Ordinal) ? "StereoSpike.Files" : "StereoSpike",
        string room => $"StereoSpike.{room}",
    };

    private static string NamespaceOf(string path) => Namespace().Match(Repository.Read(path)).Groups[1].Value;

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
