using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Samples in, words out: cuts a stream of sound where it falls silent, and asks a network what each piece was.</summary>
/// <remarks>A word begins with a frame louder than the gate and ends with several quieter ones in a row, which is when it is decided; it is encoded like a file of its own, so a word gets the answer its file would get. Nothing depends on how the samples come in pieces, and memory is bounded.</remarks>
public sealed class SpokenWords
{
    private const int FrameMs = 10, QuietFrames = 15, FewestLoudFrames = 8;
    private const double LongestSeconds = 2;
    private readonly LogMelEncoder _encoder;
    private readonly SeriesNetwork _network;
    private readonly SeriesTrace _trace;
    private readonly float[] _input;
    private readonly float[] _frame;
    private readonly List<float> _word = [];
    private readonly float _gatePower;
    private int _filled, _loud, _quiet;
    private long _frames;

    /// <summary>Starts listening.</summary>
    /// <param name="network">A network for sound.</param>
    /// <param name="encoder">The encoder that it was trained with.</param>
    /// <param name="gateDb">What is louder belongs to a word, dB below a full-scale square wave; less than 0.</param>
    /// <exception cref="ArgumentException">The network takes another input than the encoder makes.</exception>
    public SpokenWords(SeriesNetwork network, LogMelEncoder encoder, double gateDb)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(encoder);
        Guard.Length(encoder.Values, network.Settings.Steps * network.Settings.InputWidth, nameof(encoder));
        (_network, _encoder, _trace) = (network, encoder, network.Trace());
        _input = new float[encoder.Values];
        _frame = new float[Math.Max(1, encoder.Settings.SampleRateHz * FrameMs / 1000)];
        _gatePower = (float)Math.Pow(10, Guard.Within(gateDb, -120.0, 0.0) / 10);
    }

    /// <summary>Takes samples in.</summary>
    /// <param name="samples">−1 to 1, at the encoder's rate; any number of them.</param>
    /// <param name="heard">Told each word as soon as it is over.</param>
    public void Push(ReadOnlySpan<float> samples, Action<SpokenWord> heard)
    {
        ArgumentNullException.ThrowIfNull(heard);
        foreach (float sample in samples)
        {
            _frame[_filled++] = sample;
            if (_filled == _frame.Length)
            {
                _filled = 0;
                EndFrame(heard);
            }
        }
    }

    /// <summary>Ends the stream: a word that was still going on is decided.</summary>
    public void Finish(Action<SpokenWord> heard)
    {
        ArgumentNullException.ThrowIfNull(heard);
        EndWord(heard);
    }

    private void EndFrame(Action<SpokenWord> heard)
    {
        float power = 0f;
        foreach (float sample in _frame)
        {
            power += sample * sample / _frame.Length;
        }

        _frames++;
        bool loud = power > _gatePower;
        if (loud || _loud > 0)
        {
            _word.AddRange(_frame);
            _loud += loud ? 1 : 0;
            _quiet = loud ? 0 : _quiet + 1;
        }

        if (_quiet >= QuietFrames || _word.Count >= LongestSeconds * _encoder.Settings.SampleRateHz)
        {
            EndWord(heard);
        }
    }

    private void EndWord(Action<SpokenWord> heard)
    {
        if (_loud >= FewestLoudFrames)
        {
            double rate = _encoder.Settings.SampleRateHz, end = (_frames - _quiet) * _frame.Length / rate;
            float[] word = [.. _word.Take(_word.Count - (_quiet * _frame.Length))];
            _encoder.Encode(new AudioClip(word, _encoder.Settings.SampleRateHz), _input);
            _network.Forward(_input, _trace);
            heard(new SpokenWord(end - (word.Length / rate), end, _trace.Decision, _trace.Confidence));
        }

        _word.Clear();
        (_loud, _quiet) = (0, 0);
    }
}
