using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Simulation;

public class SimulatedSetTests
{
    [Fact]
    public void A_rig_may_be_given_by_its_numbers()
    {
        SimulatedSet set = SimulatedSet.Parse("sim:boxes?rig=60x45,62.5,0.12&scenes=1&seconds=0.1");

        using IStereoRecording recording = set.Recordings().Single()();

        Assert.Equal(new SensorSize(60, 45), recording.Rig.Sensor);
        Assert.Equal(7.5, recording.Rig.FocalBaselinePxMetres, 1e-9);   // 62.5 px · 0.12 m
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    public void No_box_is_nearer_than_asked_for_and_some_come_near_it(double nearestPx)
    {
        SimulatedSet set = SimulatedSet.Parse($"sim:boxes?rig=dvs128&scenes=12&seconds=0.1&nearest={nearestPx}");

        double[] largest = [.. set.Recordings().Select(open =>
        {
            using IStereoRecording recording = open();
            return recording.ReadDepth(0).Metres.Where(metres => !float.IsNaN(metres)).Max(metres => recording.Rig.FocalBaselinePxMetres / metres);
        })];

        // A thing's middle is drawn up to the limit; turned by at most 0.45 rad and shallow, its nearest edge may come a third nearer still.
        Assert.All(largest, disparity => Assert.InRange(disparity, 0, nearestPx * 4 / 3));
        Assert.Contains(largest, disparity => disparity > nearestPx / 2);
    }

    [Theory]
    [InlineData(SceneKind.Room)]
    [InlineData(SceneKind.Boxes)]
    public void Test_scenes_show_no_texture_of_the_training_scenes(SceneKind kind)
    {
        HashSet<SceneTexture> training = Seen(TextureShare.Training), test = Seen(TextureShare.Test);

        Assert.True(training.Count > 10 && test.Count > 5);
        Assert.Empty(training.Intersect(test));

        HashSet<SceneTexture> Seen(TextureShare share) => [.. Enumerable.Range(0, 40)
            .SelectMany(seed => SimulatedScene.Draw(kind, (ulong)seed, SimulatedRigs.Davis240, textures: share).Bodies).SelectMany(body => body.Surfaces).Select(surface => surface.Texture)];
    }

    /// <summary>Kept samples are found again by the simulator's version: whoever changes what it gives must raise the version, and then these sums.</summary>
    [Theory]
    [InlineData("sim:room", 1795, 70_148, 32_772, 611)]
    [InlineData("sim:boxes", 614, 19_748, 11_133, 192)]
    public void A_version_of_the_simulator_always_gives_the_same_events(string kind, int expectedEvents, int expectedColumns, int expectedRows, int expectedOn)
    {
        using IStereoRecording recording = SimulatedSet.Parse(kind + "?rig=60x45,62.5,0.12&scenes=1&seconds=0.2&seed=7").Recordings().Single()();
        var events = new DvsEvent[recording.Events(Camera.Left).Count];
        recording.Events(Camera.Left).Read(0, events);

        // Not the times: without fused multiply-add a few of them differ by a microsecond.
        Assert.Equal(1, SimulatedSet.SimulatorVersion);
        Assert.Equal((expectedEvents, expectedColumns, expectedRows, expectedOn), (events.Length, events.Sum(e => e.X), events.Sum(e => e.Y), events.Count(e => e.Polarity == Polarity.On)));
    }

    [Theory]
    [InlineData("dense")]
    [InlineData("lidar")]
    [InlineData("per-event")]
    public void A_recording_on_disk_has_the_truth_of_the_one_in_memory(string truth)
    {
        using var folder = new TemporaryFolder();
        SimulatedSet set = SimulatedSet.Parse($"sim:boxes?rig=60x45,62.5,0.12&scenes=1&seconds=0.2&seed=7&truth={truth}");
        set.Record(folder.File("a_data.hdf5"), SimulatedSet.RigOf(set.Rig), 7);

        using IStereoRecording expected = set.Recordings().Single()();
        using MvsecRecording found = MvsecRecording.Open(folder.File("a_data.hdf5"));

        Assert.Equal((expected.TruthIsPerEvent, expected.TruthWindowUs, 4), (found.TruthIsPerEvent, found.TruthWindowUs, found.LabelTimesUs.Count));
        Assert.All(Enumerable.Range(0, 4), label => Assert.All((Camera[])[Camera.Left, Camera.Right], camera => Assert.Equal(expected.ReadDepth(label, camera).Metres, found.ReadDepth(label, camera).Metres)));
    }

    [Theory]
    [InlineData("sim:boxes?rig=nikon", "There is no rig called \"nikon\"")]
    [InlineData("sim:boxes?rig=60x45,wide,0.1", "\"wide\" is no number for rig")]
    [InlineData("sim:street", "\"street\" is no scene")]
    [InlineData("sim:room?scene=3", "\"scene\" is no setting")]
    public void What_cannot_be_made_is_named(string text, string expected)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => SimulatedSet.Parse(text).Recordings());

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }
}
