using StereoSpike.Tests;
using Tensorboard;
using TorchSharp;

namespace StereoSpike.Training.Tests.Watching;

[Collection(nameof(OneTorchThread))]
public sealed class TensorBoardFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_file_is_byte_for_byte_what_TensorFlow_starts_one_with()
    {
        string path = _folder.File("events.out.tfevents.0");

        TensorBoardFile.Create(path, wallTimeSeconds: 1.0);

        // 24 bytes of data: field 1 (fixed64) = 1.0, field 3 (13 characters) = brain.Event:2. The masked checksum of the length, 24,
        // is A3 7F 4B 22: the bytes that every event file begins with, whoever wrote it.
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal(
            [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 0x0D, .. "brain.Event:2"u8],
            file[..36]);
        Assert.Equal(40, file.Length);
    }

    [Fact]
    public void Scalars_read_back_with_the_classes_that_TorchSharp_ships_and_what_is_no_number_is_left_out()
    {
        string path = _folder.File("events.out.tfevents.0");
        TensorBoardFile.Create(path, 1.0);

        TensorBoardFile.Append(path, 300, 2.5, [("loss", 0.25), ("unknown", double.NaN), ("rate/bottom", 0.5)]);

        Event[] events = [.. TensorBoardFile.Records(path).Select(Event.Parser.ParseFrom)];
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal((300, 2.5), (events[1].Step, events[1].WallTime));
        Assert.Equal([("loss", 0.25f), ("rate/bottom", 0.5f)], events[1].Summary.Value.Select(value => (value.Tag, value.SimpleValue)));
    }

    [Fact]
    public void Records_are_framed_as_TorchSharps_own_writer_frames_them()
    {
        string folder = _folder.File("theirs");
        var writer = torch.utils.tensorboard.SummaryWriter(folder);
        writer.add_scalar("loss", 0.75f, 7);

        string path = Directory.GetFiles(folder).Single();
        Event last = TensorBoardFile.Records(path).Select(Event.Parser.ParseFrom).Last();

        Assert.Equal((7, "loss", 0.75f), (last.Step, last.Summary.Value[0].Tag, last.Summary.Value[0].SimpleValue));
    }

    [Fact]
    public void What_is_forgotten_is_cut_off_with_all_that_is_torn()
    {
        string path = _folder.File("events.out.tfevents.0");
        TensorBoardFile.Create(path, 1.0);
        TensorBoardFile.Append(path, 0, 2, [("loss", 1)]);
        TensorBoardFile.Append(path, 1, 3, [("loss", 2)]);
        long whole = new FileInfo(path).Length;
        TensorBoardFile.Append(path, 200, 4, [("loss", 3)]);
        byte[] all = File.ReadAllBytes(path);

        File.WriteAllBytes(path, all[..^3]);   // the last record is torn
        TensorBoardFile.ForgetFrom(path, 500);
        Assert.Equal(whole, new FileInfo(path).Length);

        File.WriteAllBytes(path, all);
        TensorBoardFile.ForgetFrom(path, 200);
        Assert.Equal(whole, new FileInfo(path).Length);

        TensorBoardFile.ForgetFrom(path, 0);   // only the version stays
        Assert.Equal(40, new FileInfo(path).Length);
    }
}
