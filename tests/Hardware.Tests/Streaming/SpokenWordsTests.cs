using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests.Streaming;

public class SpokenWordsTests
{
    private static readonly LogMelEncoder Encoder = new(new LogMelSettings { WindowSamples = 256, HopSamples = 100, Frames = 16, Bands = 10 });

    private static readonly SeriesNetwork Network = new(new SeriesSettings
    {
        Task = "audio",
        Steps = 16,
        Bands = 10,
        Inputs = 3,
        Outputs = ["a", "b", "c", "d"],
        Layers = [new SeriesLayerSettings { Kernel = new TemporalKernel { Steps = 3, Bands = 3 } }],
    }, seed: 3);

    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(100_000)]
    public void Words_between_silences_are_heard_when_and_as_they_would_be_from_files_of_their_own(int piece)
    {
        // 8 kHz: tones from 0.5 to 0.8 s and from 1.2 to 1.7 s, on whole frames of 10 ms; a click of 20 ms at 2.2 s is no word.
        float[] samples = new float[24_000];
        Tone(samples, 4000, 6400, 440);
        Tone(samples, 9600, 13600, 1300);
        Tone(samples, 17_600, 17_760, 700);

        List<SpokenWord> words = Listen(samples, piece);

        Assert.Equal([(0.5, 0.8), (1.2, 1.7)], words.Select(word => (Math.Round(word.StartSeconds, 3), Math.Round(word.EndSeconds, 3))));
        Assert.Equal([Alone(samples[4000..6400]), Alone(samples[9600..13600])], words.Select(word => (word.Output, word.Confidence)));
    }

    [Fact]
    public void A_sound_that_never_ends_is_cut_so_that_memory_stays_bounded()
    {
        float[] samples = new float[8000 * 7];
        Tone(samples, 0, samples.Length, 500);

        Assert.Equal([2.0, 4, 6, 7], Listen(samples, 1000).Select(word => Math.Round(word.EndSeconds, 3)));
    }

    [Fact]
    public void Silence_says_nothing()
    {
        Assert.Empty(Listen(new float[16_000], 100));
    }

    private static List<SpokenWord> Listen(float[] samples, int piece)
    {
        var words = new List<SpokenWord>();
        var listener = new SpokenWords(Network, Encoder, gateDb: -35);
        foreach (float[] part in samples.Chunk(piece))
        {
            listener.Push(part, words.Add);
        }

        listener.Finish(words.Add);
        return words;
    }

    private static (int Output, double Confidence) Alone(float[] word)
    {
        var input = new float[Encoder.Values];
        Encoder.Encode(new AudioClip(word, 8000), input);
        SeriesTrace trace = Network.Trace();
        Network.Forward(input, trace);
        return (trace.Decision, trace.Confidence);
    }

    private static void Tone(float[] samples, int from, int to, double hz)
    {
        for (int i = from; i < to; i++)
        {
            samples[i] = 0.5f * (float)Math.Sin(2 * Math.PI * hz * i / 8000);
        }
    }
}
