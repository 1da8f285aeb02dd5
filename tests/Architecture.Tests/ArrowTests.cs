using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StereoSpike.Architecture.Tests;

public class ArrowTests
{
    // The house, as the README draws it. A new arrow is a decision: change it here, in the drawing and in docs/adr.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Core"] = [],
        ["Ingest"] = ["Core"],
        ["Model"] = ["Core"],
        ["Readout"] = ["Core", "Model"],
        ["Hardware"] = ["Core", "Ingest", "Model", "Readout"],
        ["Training"] = ["Core", "Ingest", "Model", "Readout"],
    };

    // What a room may bring in from outside. A new package is a decision too: THIRD-PARTY.md says why each one is here.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Core"] = [],
        ["Ingest"] = ["K4os.Compression.LZ4", "PureHDF", "YamlDotNet", "ZstdSharp.Port"],
        ["Model"] = ["TorchSharp"],
        ["Readout"] = ["SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies", "SkiaSharp.NativeAssets.Win32", "SkiaSharp.NativeAssets.macOS"],
        ["Hardware"] = ["Microsoft.ML.OnnxRuntime", "PureHDF"],
        ["Training"] = [],
    };

    // A library that could be changed for another one is named in these folders only.
    private static readonly Dictionary<string, string[]> Homes = new()
    {
        ["PureHDF"] = ["src/Ingest/Hdf5/", "src/Ingest/Mvsec/", "src/Hardware/Nir/"],
        ["Microsoft.ML.OnnxRuntime"] = ["src/Hardware/Onnx/"],
        ["YamlDotNet"] = ["src/Ingest/Calibration/"],
        ["SkiaSharp"] = ["src/Readout/Pictures/"],
        ["NATS.Client"] = ["tools/Fleet/Nats/"],
        ["TorchSharp"] = ["src/Model/", "src/Readout/", "src/Training/", "src/Hardware/Engines/", "tools/"],
    };

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    public static TheoryData<string> Libraries => [.. Homes.Keys];

    [Fact]
    public void Every_room_has_its_place_in_the_drawing()
    {
        string[] rooms = [.. Repository.Files("src", ".csproj").Select(Repository.Room)];

        Assert.Equal(Arrows.Keys.Order(), rooms.Order());
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Every_arrow_between_rooms_is_one_that_the_drawing_shows(string room)
    {
        var targets = Project(room).Descendants("ProjectReference").Select(reference => TargetOf(reference.Attribute("Include")!.Value));

        Assert.All(targets, target => Assert.Contains(target, Arrows[room]));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_brings_in_no_packages_but_its_own(string room)
    {
        var packages = Project(room).Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

        Assert.All(packages, package => Assert.Contains(package, Packages[room]));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_leaves_libtorchs_natives_to_the_programs_that_host_it(string room)
    {
        // 490 MB a copy: only programs and test projects say UsesLibTorch, and Directory.Build.targets brings the natives in.
        Assert.Empty(Project(room).Descendants("UsesLibTorch"));
    }

    [Fact]
    public void No_project_names_a_native_libtorch_package_itself()
    {
        Assert.All(Repository.Files("", ".csproj"), project => Assert.DoesNotContain("libtorch-cpu", Repository.Read(project), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_is_named_in_its_home_only(string library)
    {
        var named = new Regex($@"^(?:global )?using (?:static )?(?:\w+ = )?{Regex.Escape(library)}\b", RegexOptions.Multiline);
        var users = Repository.Files("src", ".cs").Concat(Repository.Files("tools", ".cs")).Where(path => named.IsMatch(Repository.Read(path)));

        Assert.All(users, path => Assert.True(
            Homes[library].Any(home => path.StartsWith(home, StringComparison.Ordinal)),
            $"{path} uses {library}, which only {string.Join(", ", Homes[library])} may."));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("StereoSpike.sln").Replace('\\', '/');

        Assert.All(Repository.Files("", ".csproj"), project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }

    private static XDocument Project(string room) => XDocument.Parse(Repository.Read($"src/{room}/StereoSpike.{room}.csproj"));

    private static string TargetOf(string reference) =>
        Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')).Replace("StereoSpike.", "", StringComparison.Ordinal);
}
