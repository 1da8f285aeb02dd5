using System.Runtime.Intrinsics;

namespace StereoSpike.Model;

/// <summary>Charges a layer of neurons through ramp synapses, a convolution or fully connected; forward, and backward for learning.</summary>
/// <remarks><code>
/// V_j = b_j + Σ_i w_ji · (T − t_i) / T        a spike at step t_i starts a ramp of slope w/T that rises to the window's end, T − t_i steps; a spike that never comes starts none
/// </code>
/// Every neuron below fires at most once, so a whole window is one sum: it costs what one step would, whatever T. Convolutions keep the size (stride 1, zero padding).
/// Images lie rows first, channels innermost, padded, so that each of forward, weight gradient and input gradient is a product of matrices that reads the padded rows in place.
/// Owns its buffers: one layer a thread.
/// </remarks>
public sealed unsafe class RampLayer
{
    private const int Lanes = 16;
    private readonly int _padding, _pitch, _inputImage, _potentialImage, _errorImage;
    private readonly float[] _input, _potentials, _errors, _inputErrors, _turned;

    /// <summary>Makes a layer with weights 0.</summary>
    /// <param name="height">H, at least 1.</param>
    /// <param name="width">W, at least 1.</param>
    /// <param name="channels">C; what feeds on a layer's spikes takes its <see cref="Stride"/>.</param>
    /// <param name="neurons">K, neurons a pixel.</param>
    /// <param name="kernel">k, odd; 1 where H = W = 1, which is a fully connected layer.</param>
    /// <param name="images">How many images it holds at once, at least 1.</param>
    /// <param name="errorsReachInput">Whether <see cref="Backward"/> is to work out the errors of the input too; C is then a multiple of 16.</param>
    /// <exception cref="ArgumentException">A size is outside its range.</exception>
    public RampLayer(int height, int width, int channels, int neurons, int kernel, int images, bool errorsReachInput)
    {
        Height = Guard.AtLeast(height, 1);
        Width = Guard.AtLeast(width, 1);
        Channels = Guard.AtLeast(channels, 1);
        Neurons = Guard.AtLeast(neurons, 1);
        Kernel = Guard.AtLeast(kernel, 1);
        Images = Guard.AtLeast(images, 1);
        if (kernel % 2 == 0 || (height * width == 1 && kernel > 1) || (errorsReachInput && channels % Lanes != 0))
        {
            throw new ArgumentException($"A kernel of {kernel} on {width}×{height} px with {channels} channels: it must be odd, 1 on one pixel, and the channels a multiple of {Lanes}.", nameof(kernel));
        }

        Stride = (neurons + Lanes - 1) / Lanes * Lanes;
        _padding = (kernel - 1) / 2;
        _pitch = width + (2 * _padding);
        _inputImage = (height + kernel) * _pitch * channels;   // k − 1 rows of padding, and one that the last window's row runs into
        _potentialImage = height * _pitch * Stride;
        _errorImage = (height + kernel) * _pitch * Stride;
        _input = new float[checked(images * _inputImage)];
        _potentials = new float[checked(images * _potentialImage)];
        _errors = new float[checked(images * _errorImage)];
        _inputErrors = new float[errorsReachInput ? checked(images * height * _pitch * channels) : 0];
        Weights = new float[kernel * kernel * channels * Stride];
        Bias = new float[Stride];
        WeightGradients = new float[Weights.Length];
        BiasGradients = new float[Stride];
        _turned = new float[errorsReachInput ? Weights.Length : 0];
    }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>K.</summary>
    public int Neurons { get; }

    /// <summary>k.</summary>
    public int Kernel { get; }

    /// <summary>How many images it holds.</summary>
    public int Images { get; }

    /// <summary>K, rounded up to a multiple of 16: the length of a pixel's potentials. Those behind K stay 0.</summary>
    public int Stride { get; }

    /// <summary>w, shape [k,k,C,Stride]; 0 behind K.</summary>
    public float[] Weights { get; }

    /// <summary>b, shape [Stride]; 0 behind K.</summary>
    public float[] Bias { get; }

    /// <summary>∂L/∂w, summed over the images; as <see cref="Weights"/>.</summary>
    public float[] WeightGradients { get; }

    /// <summary>∂L/∂b, summed over images and pixels; as <see cref="Bias"/>.</summary>
    public float[] BiasGradients { get; }

    /// <summary>Where a pixel's input goes: what its spikes are worth, 0 to 1; shape [C].</summary>
    public Span<float> Input(int image, int y, int x) => _input.AsSpan((image * _inputImage) + ((((y + _padding) * _pitch) + x + _padding) * Channels), Channels);

    /// <summary>V of a pixel after <see cref="Forward"/>, shape [Stride].</summary>
    public ReadOnlySpan<float> Potentials(int image, int y, int x) => _potentials.AsSpan((image * _potentialImage) + (((y * _pitch) + x) * Stride), Stride);

    /// <summary>Where a pixel's ∂L/∂V goes before <see cref="Backward"/>, shape [Stride]; 0 behind K.</summary>
    public Span<float> Errors(int image, int y, int x) => _errors.AsSpan((image * _errorImage) + ((((y + _padding) * _pitch) + x + _padding) * Stride), Stride);

    /// <summary>∂L/∂x of a pixel's input after <see cref="Backward"/>, shape [C].</summary>
    public ReadOnlySpan<float> InputErrors(int image, int y, int x) => _inputErrors.AsSpan(((image * Height * _pitch) + (y * _pitch) + x) * Channels, Channels);

    /// <summary>Works the potentials out.</summary>
    /// <param name="images">How many of the images.</param>
    public void Forward(int images)
    {
        Guard.Within(images, 1, Images);
        for (int at = 0; at < images * _potentialImage; at += Stride)
        {
            Bias.CopyTo(_potentials.AsSpan(at, Stride));
        }

        fixed (float* input = _input, weights = Weights, potentials = _potentials)
        {
            bool connected = Height * Width == 1;   // then all images are one product
            MatrixProductShape shape = connected
                ? new(images, Stride, 1, Channels, _inputImage, 1, 0)
                : new(Height * _pitch, Stride, Kernel, Kernel * Channels, Channels, 1, _pitch * Channels);
            for (int image = 0; image < (connected ? 1 : images); image++)
            {
                Multiply(shape, input + (image * (nint)_inputImage), weights, potentials + (image * (nint)_potentialImage), add: true);
            }
        }
    }

    /// <summary>Works the gradients out from <see cref="Errors"/>; they replace those of the last call.</summary>
    /// <param name="images">How many of the images.</param>
    public void Backward(int images)
    {
        Guard.Within(images, 1, Images);
        Array.Clear(BiasGradients);
        for (int image = 0; image < images; image++)
        {
            for (int pixel = 0; pixel < Height * _pitch; pixel++)
            {
                ReadOnlySpan<float> error = _errors.AsSpan((image * _errorImage) + (((_padding * _pitch) + _padding + pixel) * Stride), Stride);
                for (int j = 0; j < error.Length; j++)
                {
                    BiasGradients[j] += error[j];
                }
            }
        }

        fixed (float* input = _input, errors = _errors, gradients = WeightGradients)
        {
            float* first = errors + (((_padding * _pitch) + _padding) * Stride);   // behind a row's last pixel lies the padding, so the rows are one long one
            if (Height * Width == 1)
            {
                Connected(images, input, first, gradients);
            }
            else
            {
                var shape = new MatrixProductShape(Kernel * Channels, Stride, 1, Height * _pitch, 1, Channels, 0);
                for (int image = 0; image < images; image++)
                {
                    for (int row = 0; row < Kernel; row++)
                    {
                        Multiply(shape, input + (image * (nint)_inputImage) + (row * _pitch * Channels), first + (image * (nint)_errorImage), gradients + (row * (nint)shape.Rows * Stride), add: image > 0);
                    }
                }
            }

            if (_inputErrors.Length > 0)
            {
                SendBack(images, errors);
            }
        }
    }

    /// <summary>The weight gradients of a fully connected layer: errors lie two strides apart (one is padding), so they are brought together first.</summary>
    private void Connected(int images, float* input, float* errors, float* gradients)
    {
        for (int image = 0; image < images; image++)
        {
            new ReadOnlySpan<float>(errors + (image * (nint)_errorImage), Stride).CopyTo(_potentials.AsSpan(image * Stride));   // potentials have served by now
        }

        fixed (float* together = _potentials)
        {
            Multiply(new MatrixProductShape(Channels, Stride, 1, images, 1, _inputImage, 0), input, together, gradients, add: false);
        }
    }

    /// <summary>∂L/∂x: the convolution of the padded errors with the kernels turned by half a circle.</summary>
    private void SendBack(int images, float* errors)
    {
        int taps = Kernel * Kernel;
        for (int tap = 0; tap < taps; tap++)
        {
            Span<float> to = _turned.AsSpan((taps - 1 - tap) * Stride * Channels, Stride * Channels);
            ReadOnlySpan<float> from = Weights.AsSpan(tap * Channels * Stride, Channels * Stride);
            for (int c = 0; c < Channels; c++)
            {
                for (int j = 0; j < Stride; j++)
                {
                    to[(j * Channels) + c] = from[(c * Stride) + j];
                }
            }
        }

        fixed (float* turned = _turned, back = _inputErrors)
        {
            bool connected = Height * Width == 1;
            MatrixProductShape shape = connected
                ? new(images, Channels, 1, Stride, _errorImage, 1, 0)
                : new(Height * _pitch, Channels, Kernel, Kernel * Stride, Stride, 1, _pitch * Stride);
            for (int image = 0; image < (connected ? 1 : images); image++)
            {
                Multiply(shape, errors + (image * (nint)_errorImage), turned, back + (image * (nint)Height * _pitch * Channels), add: false);
            }
        }
    }

    private static void Multiply(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MatrixProduct<Lanes16>.Multiply(shape, a, b, c, add);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MatrixProduct<Lanes8>.Multiply(shape, a, b, c, add);
        }
        else
        {
            MatrixProduct<Lanes1>.Multiply(shape, a, b, c, add);
        }
    }
}
