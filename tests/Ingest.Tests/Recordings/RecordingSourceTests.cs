using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Recordings;

public sealed class RecordingSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recordings_identity_changes_with_each_of_its_files_and_not_with_its_place()
    {
        string data = Write("a/x_data.hdf5", "events");
        string truth = Write("a/x_gt.hdf5", "depth");
        string map = Write("a/x_calib/x_left_x_map.txt", "1 2");
        string before = Identity();

        Directory.Move(_folder.File("a"), _folder.File("b"));
        Assert.Equal(before, RecordingSource.OfMvsec(Path.Combine(_folder.File("b"), "x_data.hdf5")).Identity);
        Directory.Move(_folder.File("b"), _folder.File("a"));
        Assert.All([data, truth, map], file =>
        {
            string unchanged = Identity();
            File.AppendAllText(file, "more");
            Assert.NotEqual(unchanged, Identity());
        });

        string Identity() => RecordingSource.OfMvsec(data).Identity;
    }

    [Fact]
    public void A_folders_identity_changes_with_any_file_in_it_and_not_with_its_place()
    {
        string deep = Write("a/events/left/events.h5", "events");
        string before = RecordingSource.OfFolder(_folder.File("a"), () => null!).Identity;
        Directory.Move(_folder.File("a"), _folder.File("b"));

        Assert.Equal(before, RecordingSource.OfFolder(_folder.File("b") + "/", () => null!).Identity);
        Assert.Equal("b", RecordingSource.OfFolder(_folder.File("b") + "/", () => null!).Name);

        File.AppendAllText(deep.Replace("/a/", "/b/", StringComparison.Ordinal), "more");
        Assert.NotEqual(before, RecordingSource.OfFolder(_folder.File("b"), () => null!).Identity);
    }

    [Fact]
    public void Every_setting_of_a_simulated_scene_is_in_its_identity_and_scenes_of_two_sets_are_the_same_by_their_seed()
    {
        string[] identities =
        [
            .. new[] { "sim:boxes?seed=3", "sim:room?seed=3", "sim:boxes?seed=4", "sim:boxes?seed=3&seconds=2", "sim:boxes?seed=3&rig=davis240", "sim:boxes?seed=3&truth=lidar", "sim:boxes?seed=3&nearest=20" }
                .Select(text => SimulatedSet.Parse(text).Sources()[0].Identity),
        ];

        Assert.Distinct(identities);
        Assert.Equal(identities[2], SimulatedSet.Parse("sim:boxes?seed=3&scenes=2").Sources()[1].Identity);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.StartsWith("no_data.hdf5: there is no such file", Assert.Throws<FileNotFoundException>(() => RecordingSource.OfMvsec("no_data.hdf5")).Message, StringComparison.Ordinal);

    private string Write(string name, string text)
    {
        string path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
